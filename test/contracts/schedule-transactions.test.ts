import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type AttemptWrite,
  type ScheduleTable,
  Superseded,
  TooLarge,
  type Transaction,
} from '#domain/ports/schedule-table'
import type { Attempt } from '#domain/schedule/items/attempt'
import * as keys from '#domain/schedule/keys'
import { at, scheduleTables } from '#test/contracts/schedule-tables'

const transaction = (change: Partial<Transaction>): Transaction => ({
  ...{ seq: 0, writes: [], fences: [], calls: [], records: [] },
  ...change,
})
const callAt = (n: number): Transaction['calls'][number] => ({
  key: keys.call(1, n),
  item: { at: 1, tries: 0, what: { call: 'terminate', instanceId: `i-${n}` } },
})
const recordOf = (jobId: string): Transaction['records'][number] => ({
  ...{ jobId, bucket: 'b', key: 'k', versionId: 'v', bytes: 1, payerId: 'p', fileType: 't', status: 'waiting' },
  ...{ round: 1, turn: 0, attempts: 0, registeredAt: '2026-01-01T00:00:00.000Z' },
})
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ key: at('MANY', String(n).padStart(3, '0')), value: { n } }))

const anAttempt = (change: Partial<Attempt> = {}): Attempt => ({
  ...{ job: 'j', round: 1, attempt: 1, turn: 3, rev: 1, state: 'open', candidate: 0, tokens: ['t'], openedAt: 1 },
  request: {
    ...{
      candidates: [],
      roleId: 'AROA',
      launchTemplate: { id: 'lt', version: '1' },
      runSeconds: 1,
      deadlineMinutes: 1,
    },
    ...{ processor: { name: 'n', key: 'k', sha256: 's', packages: [] }, diskGiB: 8, terminateAfter: 1 },
  },
  ...change,
})
const job = { job: 'j', round: 1, turn: 3 }
const opens = (change: Partial<AttemptWrite> = {}): AttemptWrite => ({
  attempt: anAttempt(),
  was: undefined,
  job,
  ...change,
})

describe.each(scheduleTables)('transactions of the schedule over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let table: ScheduleTable
  let record: (jobId: string) => Promise<unknown>
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    const fresh = await opened.fresh()
    table = fresh.table
    record = fresh.record
  })
  const valueAt = async (pk: string, sk = 'STATE') => (await table.items([at(pk, sk)]))[0]?.value
  const seq = () => valueAt('SHARD#main')

  describe('a commit', () => {
    it('writes items, calls and records, deletes, and raises the sequence number by one', async () => {
      await table.write(at('OLD'), {})
      await table.commit(
        transaction({
          writes: [
            { key: at('NEW'), value: { a: 1 } },
            { key: at('OLD'), value: undefined },
          ],
          calls: [callAt(0)],
          records: [recordOf('j')],
        }),
      )
      expect(await seq()).toEqual({ seq: 1 })
      expect(await valueAt('NEW')).toEqual({ a: 1 })
      expect(await valueAt('OLD')).toBeUndefined()
      expect((await table.page({ pk: keys.CALLS, prefix: '', limit: 10 })).items).toMatchObject([
        { sk: callAt(0).key.sk, value: callAt(0).item },
      ])
      expect(await record('j')).toEqual(recordOf('j'))
      await table.commit(transaction({ seq: 1 }))
      expect(await seq()).toEqual({ seq: 2 })
    })

    it.each([
      { what: 'an older number', change: { seq: 0 } },
      { what: 'a number that nobody wrote', change: { seq: 2 } },
      { what: 'a fence: there, though it should be absent', change: { fences: [{ key: at('A'), rev: undefined }] } },
      { what: 'a fence: absent, though it should be there', change: { fences: [{ key: at('NONE'), rev: 1 }] } },
      { what: 'a fence: at another revision', change: { fences: [{ key: at('A'), rev: 3 }] } },
      {
        what: 'a fence on an item that it writes',
        change: { fences: [{ key: at('A'), rev: 3 }], writes: [{ key: at('A'), value: { rev: 4 } }] },
      },
      {
        what: 'a fence on an item that it deletes',
        change: { fences: [{ key: at('A'), rev: 3 }], writes: [{ key: at('A'), value: undefined }] },
      },
    ])('is superseded by $what, and leaves nothing', async ({ change }) => {
      await table.commit(transaction({ writes: [{ key: at('A'), value: { rev: 2 } }] }))
      const refused = transaction({
        ...{ seq: 1, calls: [callAt(0)], records: [recordOf('j')] },
        ...change,
        writes: [{ key: at('B'), value: {} }, ...(change.writes ?? [])],
      })
      await expect(table.commit(refused)).rejects.toBeInstanceOf(Superseded)
      expect(await seq()).toEqual({ seq: 1 })
      expect(await valueAt('A')).toEqual({ rev: 2 })
      expect(await valueAt('B')).toBeUndefined()
      expect(await record('j')).toBeUndefined()
      expect((await table.page({ pk: keys.CALLS, prefix: '', limit: 10 })).items).toEqual([])
    })

    it('holds on fences that are as read: absent, at a revision, written or not', async () => {
      await table.write(at('A'), { rev: 2 })
      await table.write(at('B'), { rev: 7 })
      await table.commit(
        transaction({
          fences: [
            { key: at('A'), rev: 2 },
            { key: at('B'), rev: 7 },
            { key: at('C'), rev: undefined },
            { key: at('D'), rev: undefined },
          ],
          writes: [
            { key: at('A'), value: { rev: 3 } },
            { key: at('C'), value: { rev: 1 } },
          ],
        }),
      )
      expect([await valueAt('A'), await valueAt('B'), await valueAt('C'), await valueAt('D')]).toEqual([
        { rev: 3 },
        { rev: 7 },
        { rev: 1 },
        undefined,
      ])
    })

    it('takes 100 actions, the shard among them', async () => {
      await table.commit(transaction({ writes: many(97), calls: [callAt(0)], records: [recordOf('j')] }))
      expect((await table.page({ pk: 'MANY', prefix: '', limit: 100 })).items).toHaveLength(97)
    })

    it.each([
      { what: 'writes', change: { writes: many(100) } },
      {
        what: 'fences',
        change: { writes: many(98), fences: [at('X'), at('Y')].map((key) => ({ key, rev: undefined })) },
      },
      { what: 'calls and records', change: { writes: many(98), calls: [callAt(0)], records: [recordOf('j')] } },
    ])('is too large above that, counting $what, and leaves nothing', async ({ change }) => {
      await expect(table.commit(transaction(change))).rejects.toBeInstanceOf(TooLarge)
      expect(await seq()).toBeUndefined()
      expect(await valueAt('MANY', '000')).toBeUndefined()
    })

    it('refuses two actions on one item', async () => {
      const twice = [1, 2].map((n) => ({ key: at('A'), value: { n } }))
      await expect(table.commit(transaction({ writes: twice }))).rejects.toMatchObject({ name: 'ValidationException' })
      expect(await seq()).toBeUndefined()
    })

    it('of two at once on one number: one holds, the other reads again', async () => {
      const both = ['A', 'B'].map((pk) => table.commit(transaction({ writes: [{ key: at(pk), value: {} }] })))
      const ends = await Promise.allSettled(both)
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'Superseded' } })
      expect(await seq()).toEqual({ seq: 1 })
    })
  })

  describe('an attempt', () => {
    const attemptAt = (n = 1) => table.items([keys.attempt('j', 1, n)]).then(([item]) => item?.value)
    const openOnes = () =>
      table.page({ pk: keys.OPEN, prefix: '', limit: 10 }).then(({ items }) => items.map(({ value }) => value))
    const aJob = (change: object = {}) =>
      table.write(keys.job('j'), { job: 'j', status: 'starting', round: 1, turn: 3, ...change })

    it.each(['starting', 'running'])('opens for a job that is %s, and stands among the open ones', async (status) => {
      await aJob({ status })
      await table.writeAttempt(opens())
      expect(await attemptAt()).toEqual(anAttempt())
      expect(await openOnes()).toEqual([{ job: 'j', round: 1, attempt: 1 }])
    })

    it.each([
      { what: 'waits', change: { status: 'waiting' } },
      { what: 'is over', change: { status: 'succeeded' } },
      { what: 'is in another round', change: { round: 2 } },
      { what: 'is in another turn', change: { turn: 4 } },
      { what: 'is stopped', change: { stop: { status: 'withdrawn', because: 'deleted-by-owner' } } },
    ])('is refused when the job $what', async ({ change }) => {
      await aJob(change)
      await expect(table.writeAttempt(opens({ instanceId: 'i-1' }))).rejects.toBeInstanceOf(Superseded)
      expect([await attemptAt(), await openOnes(), await valueAt('INSTANCE#i-1')]).toEqual([undefined, [], undefined])
    })

    it('is refused when there is no job', async () => {
      await expect(table.writeAttempt(opens())).rejects.toBeInstanceOf(Superseded)
    })

    it.each([
      { what: 'it exists though it must not', was: undefined },
      { what: 'it was changed since it was read', was: 1 },
    ])('is refused when $what', async ({ was }) => {
      await aJob()
      await table.writeAttempt(opens({ attempt: anAttempt({ rev: 2 }) }))
      const write = opens({ attempt: anAttempt({ rev: 3, tokens: ['u'] }), was, instanceId: 'i-1' })
      await expect(table.writeAttempt(write)).rejects.toBeInstanceOf(Superseded)
      expect(await attemptAt()).toEqual(anAttempt({ rev: 2 }))
      expect(await valueAt('INSTANCE#i-1')).toBeUndefined()
    })

    it('is refused when it does not exist though it was read', async () => {
      await aJob()
      await expect(table.writeAttempt(opens({ was: 1 }))).rejects.toBeInstanceOf(Superseded)
    })

    it('records its instance, and keeps what was heard of that one before', async () => {
      await aJob()
      await table.writeAttempt(opens())
      await table.write(keys.instance('i-1'), { instanceId: 'i-1', ended: 'terminated', expiresAt: 9 })
      const attempt = anAttempt({ rev: 2, instanceId: 'i-1' })
      await table.writeAttempt(opens({ attempt, was: 1, instanceId: 'i-1' }))
      expect(await attemptAt()).toEqual(attempt)
      expect(await valueAt('INSTANCE#i-1')).toEqual({
        ...{ instanceId: 'i-1', ended: 'terminated', expiresAt: 9 },
        ...{ job: 'j', round: 1, attempt: 1 },
      })
    })

    it('that is closed leaves the open ones', async () => {
      await aJob()
      await table.writeAttempt(opens())
      await table.writeAttempt(opens({ attempt: anAttempt({ rev: 2, state: 'refused' }), was: 1 }))
      expect(await openOnes()).toEqual([])
    })

    it('leaves the sequence number alone', async () => {
      await aJob()
      await table.writeAttempt(opens())
      expect(await seq()).toBeUndefined()
    })
  })
})
