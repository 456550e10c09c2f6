import { describe, expect, it } from 'vitest'
import { emptyInbox, inbox, receive } from '#adapters/memory/inbox'
import { TooLarge } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'
import { awsError, stage } from '#test/functions/stage'

const throttled = awsError('ProvisionedThroughputExceededException', 'too many requests')

describe('schedule, when something is wrong', () => {
  it.each([
    { what: 'no JSON', body: '{"kind":"landed","job":', reason: 'not JSON', named: {} },
    {
      what: 'no message that we know',
      body: '{"kind":"gossip"}',
      reason: expect.stringContaining("Expected 'landed' | 'deleted' | 'parked'"),
      named: { kind: 'gossip' },
    },
    {
      what: 'a message without its facts',
      body: '{"kind":"instance","job":"j-1","instanceId":"said by hand: anything at all"}',
      reason: expect.stringContaining('Invalid input'),
      named: { kind: 'instance', job: 'j-1' },
    },
  ])('$what: set aside with its reason, acknowledged, and the others of the batch are handled', async (poison) => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a.edi')
    expect(await world.say([poison.body, event])).toEqual({ batchItemFailures: [] })
    expect(world.job(job).status).toBe('validating')
    expect(world.itemsOf('QUARANTINE#main')).toEqual([
      { pk: 'QUARANTINE#main', sk: 'm0', value: { at: world.clock.now, reason: poison.reason, body: poison.body } },
    ])
    const [line] = world.lines.filter(({ level }) => level === 'error')
    expect(line).toEqual({
      ...{ level: 'error', sentence: 'a message was quarantined' },
      facts: { ...poison.named, messageId: 'm0', reason: poison.reason },
    })
  })

  it('a failure of infrastructure: the whole batch comes again in 2 s, nothing is quarantined, nothing done', async () => {
    const world = stage()
    const queue = emptyInbox()
    const send = inbox(queue, () => 0)
    for (const body of ['1', '2']) await send.send('facts', body)
    const handles = receive(queue, 0).map(({ receipt = '' }) => receipt)
    const table = { ...world.deps.table, commit: () => Promise.reject(throttled) }
    const retryIn = (seconds: number, receipts: readonly string[]) => {
      expect(receipts).toEqual(['r0', 'r1'])
      return send.retryIn(seconds, handles)
    }
    const events = ['acme/member/a', 'acme/member/b'].map((key) => world.drop(key).event)
    expect(await world.say(events, 1, { table, inbox: { ...send, retryIn } })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
    })
    expect([receive(queue, 1999).length, receive(queue, 2000).length]).toEqual([0, 2])
    expect(world.itemsOf('QUARANTINE#main')).toEqual([])
    expect(world.state.executions.executions.size).toBe(0)
  })

  it('a message received more than three times goes alone, so that it cannot take the others with it', async () => {
    const world = stage()
    const good = world.drop('acme/member/a')
    const bad = world.drop('acme/member/b')
    const files = {
      ...world.deps.files,
      head: () => Promise.reject(throttled),
    }
    const { 'version-id': _, ...object } = bad.event.detail.object as Record<string, unknown>
    const event = { ...bad.event, detail: { ...bad.event.detail, object } }
    const together = await world.say([good.event, event], 3, { files })
    expect(together.batchItemFailures).toHaveLength(2)
    const alone = await world.say([good.event, event], 4, { files })
    expect(alone.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }])
    expect(world.job(good.job).status).toBe('validating')
  })

  it('a call that fails stays in the outbox, for a tick more than 60 s later', async () => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a.edi')
    const executions = { ...world.deps.executions, start: () => Promise.reject(throttled) }
    expect(await world.say([event], 1, { executions })).toEqual({ batchItemFailures: [] })
    expect(world.job(job).status).toBe('validating')
    expect(world.itemsOf(keys.CALLS)).toMatchObject([{ value: { at: world.clock.now, what: { job } } }])
    world.clock.now += 60_000
    await world.say([{ kind: 'tick', at: world.clock.now }])
    expect(world.state.executions.executions.size).toBe(0)
    world.clock.now += 1
    await world.say([{ kind: 'tick', at: world.clock.now }])
    expect(world.state.executions.executions.size).toBe(1)
    expect(world.itemsOf(keys.CALLS)).toEqual([])
  })

  it('a crash between the decision and its calls loses none of them', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a.edi')
    await world.launch(job)
    const crash = { ...world.deps.table, items: () => Promise.reject(awsError('Crash')) }
    const after = { ...world.deps.executions, succeed: () => Promise.reject(awsError('Crash')) }
    await world.say([world.result(job)], 1, { executions: after })
    expect([world.job(job).status, world.answer(`${job}-run`)]).toEqual(['succeeded', undefined])
    await world.say([{ kind: 'tick' }], 1, { table: crash })
    world.clock.now += 63_000
    await world.say([{ kind: 'tick' }])
    expect(world.answer(`${job}-run`)).toMatchObject({ output: { attempt: 1 } })
  })

  it('when another invocation wrote first it decides again, and both hold', async () => {
    const world = stage()
    const [mine, other] = [world.drop('acme/member/a'), world.drop('acme/member/b')]
    let interrupted = 0
    const table = {
      ...world.deps.table,
      commit: async (transaction: Parameters<typeof world.deps.table.commit>[0]) => {
        if (interrupted++ === 0) await world.say([other.event])
        return world.deps.table.commit(transaction)
      },
    }
    expect(await world.say([mine.event], 1, { table })).toEqual({ batchItemFailures: [] })
    expect(interrupted).toBe(2)
    expect([world.job(mine.job).status, world.job(other.job).status]).toEqual(['validating', 'validating'])
    expect(world.job(other.job).order < world.job(mine.job).order).toBe(true)
  })

  it('gives the queue its messages back when it is always too late', async () => {
    const world = stage()
    const { event } = world.drop('acme/member/a')
    const table = {
      ...world.deps.table,
      commit: async (transaction: Parameters<typeof world.deps.table.commit>[0]) => {
        await world.deps.table.commit({ ...transaction, writes: [], fences: [], calls: [], records: [] })
        return world.deps.table.commit(transaction)
      },
    }
    expect((await world.say([event], 1, { table })).batchItemFailures).toHaveLength(1)
    expect(world.state.schedule.jobs.size).toBe(0)
  })

  it('messages that do not fit in one transaction go in one each', async () => {
    const world = stage()
    const events = ['a', 'b', 'c'].map((name) => world.drop(`acme/member/${name}`).event)
    const sizes: number[] = []
    const table = {
      ...world.deps.table,
      commit: async (transaction: Parameters<typeof world.deps.table.commit>[0]) => {
        if (transaction.records.length > 1) throw new TooLarge('more than one job')
        sizes.push(transaction.records.length)
        return world.deps.table.commit(transaction)
      },
    }
    expect(await world.say(events, 1, { table })).toEqual({ batchItemFailures: [] })
    expect(sizes).toEqual([1, 1, 1])
    expect(world.state.executions.executions.size).toBe(3)
  })

  it('a duplicate of a message writes nothing', async () => {
    const world = stage()
    const { event } = world.drop('acme/member/a')
    await world.say([event])
    const commit = () => Promise.reject(new Error('a duplicate was written'))
    expect(await world.say([event], 1, { table: { ...world.deps.table, commit } })).toEqual({ batchItemFailures: [] })
  })
})
