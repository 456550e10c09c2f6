import { beforeEach, describe, expect, it } from 'vitest'
import { isOver } from '#domain/schedule/items/status'
import * as kinds from '#domain/schedule/kinds'
import { projectFolder } from '#local/project-folder'
import { deleted, finish, jobOf, landed, launch, parked, resultWritten, writeResult } from '#test/support/file-life'
import { type MemoryWorld, memoryWorld } from '#test/support/memory-world'
import first from './first-version.json' with { type: 'json' }
import { whatIsLeft } from './what-is-left.ts'

/**
 * Today's code over what the first version that landed has left: files that wait, that have their turn, that run, that
 * blocked, that nobody knew. `what-is-left.ts` writes it anew, by that version’s own code.
 */
let world: MemoryWorld
beforeEach(() => {
  world = memoryWorld({ rows: [...first.rows], pools: [...first.pools] })
  world.now = first.now + 60_000
  for (const { pk, sk, value } of first.items) world.set({ pk, sk }, value)
  for (const [key, result] of Object.entries(first.results)) world.results.set(key, result)
})

const [m2, m3, c1] = ['acme/member/m2', 'acme/member/m3', 'acme/claims/c1'].map((key) => jobOf(key)) as [
  string,
  string,
  string,
]
const cato = (name: string): string => jobOf(`cato/claims/2026-01/${name}`)
const statusOf = (key: string): string => world.job(jobOf(key)).status
const callsOf = (calls: readonly { call: string }[]): string[] => calls.map(({ call }) => call).sort()
const waiting = ['acme/member/m3', 'acme/claims/c1', 'acme/claims/c2', 'cato/claims/2026-01/c3', 'bolt/claims/c1']

/** Sums that the audit would put right now. */
const wrongSums = () => world.decide([{ kind: 'audit' }]).repaired

describe('data of the first version', () => {
  it('is of a life that today’s code lives alike', async () => {
    const today = await whatIsLeft(projectFolder)
    const statuses = (items: readonly { pk: string; sk: string; value: unknown }[]) =>
      items.flatMap(({ pk, sk, value }) => {
        const job = pk.startsWith('JOB#') && sk === 'STATE' ? kinds.job.schema.parse(value) : undefined
        return job ? [`${job.key} ${job.status} ${job.because ?? ''}`] : []
      })
    expect(statuses(today.items).sort()).toEqual(statuses(first.items).sort())
  })

  it('is all of it read', () => {
    const prefixes = { SHARD: kinds.shard, SCOPE: kinds.scope, 'JOB STATE': kinds.job, 'JOB TOKENS': kinds.tokens }
    const kindsByName = {
      ...prefixes,
      'JOB ATTEMPT': kinds.attempt,
      INSTANCE: kinds.instance,
      KEY: kinds.keyState,
      LANE: kinds.laneEntry,
    }
    const known = new Map<string, { schema: { parse(value: unknown): unknown } }>(Object.entries(kindsByName))
    const seen = new Set<string>()
    for (const { pk, sk, value } of first.items) {
      const [kind = ''] = pk.split('#')
      const name = kind === 'JOB' ? `JOB ${sk.split('#')[0]}` : kind
      const found = known.get(name)
      if (found) seen.add(name)
      expect(() => found?.schema.parse(value), `${pk} ${sk}`).not.toThrow()
    }
    expect([...seen].sort()).toEqual([...known.keys()].sort())
  })

  it('moves nothing by itself, and its sums stand', () => {
    const before = JSON.stringify(world.jobs())
    expect(wrongSums()).toEqual([])
    expect(callsOf(world.run([{ kind: 'tick' }, { kind: 'audit' }]))).toEqual([])
    expect(JSON.stringify(world.jobs())).toBe(before)
  })

  it('is not begun again by what is said twice', () => {
    const again = first.items.flatMap(({ pk, sk, value }) =>
      pk.startsWith('JOB#') && sk === 'STATE' ? [kinds.job.schema.parse(value)] : [],
    )
    const { calls } = world.decide(again.map(({ key }) => landed(key)))
    expect(callsOf(calls.map(({ what }) => what))).toEqual([])
    // A token that is delivered again is answered where the turn is given, and kept where it is not.
    expect(callsOf(world.run([parked(cato('c1'), 'late')]))).toEqual(['answer-turn'])
    expect(callsOf(world.run([parked(c1, 'late')]))).toEqual([])
    expect(waiting.map(statusOf)).toEqual(waiting.map(() => 'waiting'))
  })
})

describe('its files go on', () => {
  it('what ran ends by the result that its machine leaves, once; what waited for it goes', () => {
    writeResult(world, 'i-acme2')
    const calls = world.run([resultWritten('i-acme2')])
    expect(statusOf('acme/member/m2')).toBe('succeeded')
    expect(calls).toContainEqual({ call: 'answer-attempt', job: m2, round: 1, attempt: 1 })
    expect(callsOf(world.run([resultWritten('i-acme2')]))).toEqual([])
    // Capacity came back: the head of the ordered lane of acme, or of cato's, has its turn.
    expect([world.job(m3).status, world.job(cato('c3')).status]).toContain('starting')
    expect(world.job(c1).status).toBe('waiting')
  })

  it('a result that was in S3 before the upgrade wins over the machine’s death after it', () => {
    world.run([{ kind: 'instance', instanceId: 'i-cato2', state: 'terminated' }])
    expect(world.job(cato('c2')).status).toBe('succeeded')
  })

  it('all that can end ends, and nothing is held or counted any more', () => {
    writeResult(world, 'i-acme2')
    world.run([resultWritten('i-acme2'), resultWritten('i-cato2')])
    world.run([parked(jobOf('bolt/member/m2'))])
    world.run([
      { kind: 'request', id: 'excuse-it', action: 'excuse', job: jobOf('bolt/member/m1'), who: 'Ann', why: 'known' },
    ])
    world.rows = [...world.rows, { payerId: 'dart', fileType: '*', pool: 'p', graceSeconds: 0, after: [] }]
    world.run([{ kind: 'row-edited', payerId: 'dart', fileType: '*' }])
    world.run([parked(jobOf('dart/claims/c1'))])
    for (let turns = 0; turns < 20; turns += 1) {
      const next = world.jobs().find(({ status }) => status === 'starting')
      if (!next) break
      finish(world, next.job)
    }
    const ends = Object.fromEntries(world.jobs().map(({ key, status }) => [key, status]))
    expect(Object.entries(ends).filter(([key, status]) => status !== 'succeeded' && key !== 'bolt/member/m1')).toEqual(
      [],
    )
    expect(ends['bolt/member/m1']).toBe('rejected')
    expect(world.jobs().every(({ status }) => isOver(status))).toBe(true)
    expect(world.get(kinds.poolState, 'p')).toMatchObject({ usedVcpus: 0, usedInstances: 0 })
    for (const scope of ['acme', 'bolt', 'cato#2026-01'])
      for (const [type, sums] of Object.entries(world.get(kinds.scope, scope)?.types ?? {}))
        expect({ scope, type, unfinished: sums.unfinished, running: sums.running }).toEqual({
          scope,
          type,
          unfinished: 0,
          running: 0,
        })
    for (const job of world.jobs()) expect(world.under(`JOB#${job.job}`, 'ATTEMPT#').length).toBeLessThanOrEqual(1)
    expect(wrongSums()).toEqual([])
  })

  const bad = jobOf('bolt/member/m1')
  const ask = (action: 'excuse' | 'retry') => ({
    kind: 'request' as const,
    id: `${action}-${bad}`,
    action,
    job: bad,
    who: 'Ann',
    why: 'known',
  })
  it.each([
    { how: 'its owner excuses it', messages: [ask('excuse')] },
    { how: 'its owner retries it', messages: [ask('retry')] },
    { how: 'its owner deletes it', messages: [deleted('bolt/member/m1', '0099')] },
    { how: 'a newer version lands', messages: [landed('bolt/member/m1', 2, '0099')] },
  ])('what failed before blocks no more when $how', ({ messages }) => {
    expect(Object.keys(world.get(kinds.scope, 'bolt')?.types['member']?.blocking ?? {})).toEqual([bad])
    world.run(messages)
    expect(world.get(kinds.scope, 'bolt')?.types['member']?.blocking).toEqual({})
    expect(world.get(kinds.scope, 'bolt')?.types['member']?.blockingMore ?? 0).toBe(0)
  })

  it('what failed before goes on blocking when the sums are audited, once they are listed', () => {
    const scope = world.get(kinds.scope, 'bolt')
    const { member } = scope?.types ?? {}
    if (!scope || !member) throw new Error('the fixture has no member files of bolt')
    world.put(kinds.scope, ['bolt'], { ...scope, types: { ...scope.types, member: { ...member, listed: true } } })
    expect(wrongSums().filter(({ what }) => what.endsWith('blocking'))).toEqual([])
  })

  it('a machine of before that dies without a result is replaced, once', () => {
    const calls = world.run([{ kind: 'instance', instanceId: 'i-acme2', state: 'terminated' }])
    expect(calls).toContainEqual(expect.objectContaining({ call: 'answer-attempt', job: m2, error: 'InstanceLost' }))
    expect(launch(world, m2, 'i-acme2b').attempt).toBe(2)
  })
})
