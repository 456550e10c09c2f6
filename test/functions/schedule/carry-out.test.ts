import { describe, expect, it } from 'vitest'
import { receive } from '#adapters/memory/inbox'
import { putRow } from '#adapters/memory/policy-tables'
import { setItem } from '#adapters/memory/schedule-table'
import type { Call } from '#domain/schedule/calls'
import * as keys from '#domain/schedule/keys'
import { carryOut } from '#functions/schedule/carry-out'
import { awsError, type Stage, stage } from '#test/functions/stage'

/** In the outbox, as the deciding transaction leaves them, and carried out. */
const act = async (world: Stage, whats: Call[], over: Partial<Stage['deps']> = {}) => {
  const calls = whats.map((what, n) => ({ key: keys.call(1, n), what }))
  for (const { key, what } of calls) setItem(world.state.schedule, key, { at: 0, tries: 0, what })
  await carryOut(calls, { ...world.deps, ...over })
  return world.itemsOf(keys.CALLS).map(({ sk }) => sk)
}
const waiting = (world: Stage, ...tokens: string[]) => {
  for (const token of tokens) world.state.executions.tokens.set(token, undefined)
}

describe('carryOut', () => {
  it('answers every token of a turn, the ones it was decided with', async () => {
    const world = stage()
    waiting(world, 'a', 'b', 'c')
    const left = await act(world, [{ call: 'answer-turn', job: 'j', tokens: ['a', 'b'], turn: 4, timeoutSeconds: 60 }])
    const answer = { output: { turn: 4, timeoutSeconds: 60 } }
    expect([left, world.answer('a'), world.answer('b'), world.answer('c')]).toEqual([[], answer, answer, undefined])
  })

  it('fails tokens by name', async () => {
    const world = stage()
    waiting(world, 'a')
    await act(world, [{ call: 'fail-tokens', tokens: ['a', 'gone'], error: 'RoundIsOver', cause: 'deleted' }])
    expect(world.answer('a')).toEqual({ error: 'RoundIsOver', cause: 'deleted' })
  })

  it.each([
    { how: 'succeeded', change: {}, answer: { output: { attempt: 1, instanceId: expect.stringMatching(/^i-/) } } },
    {
      how: 'was lost',
      change: { error: 'InstanceLost', cause: 'why' },
      answer: { error: 'InstanceLost', cause: 'why' },
    },
  ])('answers all tokens that the attempt has when it is carried out: it $how', async ({ change, answer }) => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'first')
    await world.launch(job, 'second')
    await act(world, [{ call: 'answer-attempt', job, round: 1, attempt: 1, ...change }])
    expect([world.answer('first'), world.answer('second')]).toEqual([answer, answer])
  })

  it.each([
    { what: 'the round is over', end: { kind: 'over', round: 1, error: 'UnsoundFile', cause: '' }, round: 1 },
    { what: 'it is another round', end: undefined, round: 2 },
  ])('starts no execution when $what, and is done with it', async ({ end, round }) => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    await world.say([event])
    if (end) await world.say([{ ...end, job }])
    world.state.executions.executions.clear()
    expect(await act(world, [{ call: 'start-execution', job, round, name: 'n' }])).toEqual([])
    expect(world.state.executions.executions.size).toBe(0)
  })

  it('ends machines, sends messages, marks rows and pools', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    const [instanceId = ''] = world.state.machines.instances.keys()
    putRow(world.state.policies, { payerId: 'acme', fileType: 'claims' })
    const left = await act(world, [
      { call: 'terminate', instanceId },
      { call: 'terminate', instanceId: 'i-gone' },
      { call: 'send', body: '{"kind":"tick"}' },
      { call: 'row-status', payerId: 'acme', fileType: 'claims', status: 'in force' },
      { call: 'pool-status', pool: 'p', status: 'in force' },
    ])
    expect(left).toEqual([])
    expect(world.state.machines.instances.get(instanceId)?.state).toBe('shutting-down')
    expect(receive(world.state.inbox, world.clock.now)).toMatchObject([{ group: 'facts', body: '{"kind":"tick"}' }])
    expect(world.state.policies.marked).toEqual(['acme/claims', 'p'])
  })

  it('one that fails stays in the outbox, and the others are carried out', async () => {
    const world = stage()
    waiting(world, 'a')
    const machines = { ...world.deps.machines, terminate: () => Promise.reject(awsError('RequestLimitExceeded')) }
    const answer: Call = { call: 'fail-tokens', tokens: ['a'], error: 'E', cause: '' }
    const left = await act(world, [{ call: 'terminate', instanceId: 'i-1' }, answer], { machines })
    expect(left).toEqual([keys.call(1, 0).sk])
    expect(world.answer('a')).toEqual({ error: 'E', cause: '' })
    expect(world.lines.at(-1)).toMatchObject({ level: 'error', facts: { call: 'terminate' } })
  })

  it('one that failed twenty times is quarantined with its reason, and is tried no more', async () => {
    const world = stage()
    const machines = { ...world.deps.machines, terminate: () => Promise.reject(awsError('UnauthorizedOperation')) }
    const key = keys.call(1, 0)
    const what: Call = { call: 'terminate', instanceId: 'i-1' }
    for (const [tries, left] of [
      [18, 1],
      [19, 0],
    ] as const) {
      setItem(world.state.schedule, key, { at: 0, tries, what })
      await carryOut([{ key, what, tries }], { ...world.deps, machines })
      expect(world.itemsOf(keys.CALLS)).toHaveLength(left)
    }
    expect(world.itemsOf('QUARANTINE#main')).toMatchObject([
      { value: { reason: expect.stringContaining('Unauthorized') } },
    ])
  })

  it('carries out at most ten at once', async () => {
    const world = stage()
    let atOnce = 0
    let most = 0
    const succeed = async () => {
      most = Math.max(most, ++atOnce)
      await Promise.resolve()
      atOnce -= 1
    }
    const calls = Array.from(
      { length: 25 },
      (_, n): Call => ({
        ...{ call: 'answer-turn', job: `j${n}`, tokens: ['t'], turn: 1, timeoutSeconds: 60 },
      }),
    )
    expect(await act(world, calls, { executions: { ...world.deps.executions, succeed } })).toEqual([])
    expect(most).toBe(10)
  })
})

describe('remarks on edited rows', () => {
  it('a remark that comes late writes what was decided last', async () => {
    const world = stage(2, [{ payerId: 'acme', fileType: 'member' }])
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: 'member' }])
    await act(world, [{ call: 'row-status', payerId: 'acme', fileType: 'member', status: 'not in force: old news' }])
    expect(world.state.policies.rows.get('acme')?.get('member')?.['mayflyStatus']).toBe('in force')
  })
})
