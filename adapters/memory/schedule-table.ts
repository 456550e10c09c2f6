import { addKey, dropKey, keysFrom, noKeys, type SortedKeys } from '#adapters/memory/sorted-keys'
import { stored } from '#adapters/memory/stored'
import { type ScheduleTable, Superseded, TooLarge } from '#domain/ports/schedule-table'
import type { Fence, StoredItem } from '#domain/schedule/books'
import { Job } from '#domain/schedule/items/job'
import type { JobRecord } from '#domain/schedule/job-record'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'

/** The tables `schedule` and `jobs`. A partition keeps its sort keys in order; a value is frozen. */
export type ScheduleState = {
  partitions: Map<string, { values: Map<string, unknown>; order: SortedKeys }>
  jobs: Map<string, JobRecord>
}

export const emptySchedule = (): ScheduleState => ({ partitions: new Map(), jobs: new Map() })

/** DynamoDB's limits of one transaction and of one BatchGetItem (aws-facts). */
const MAX_ACTIONS = 100
const MAX_KEYS = 100

const invalid = (message: string): Error => Object.assign(new Error(message), { name: 'ValidationException' })
const distinct = (wanted: readonly keys.Key[]): number => new Set(wanted.map(({ pk, sk }) => `${pk}\n${sk}`)).size

const valueAt = ({ partitions }: ScheduleState, { pk, sk }: keys.Key): unknown => partitions.get(pk)?.values.get(sk)

/** Puts an item, or deletes it when `value` is undefined. */
export const setItem = ({ partitions }: ScheduleState, { pk, sk }: keys.Key, value: unknown): void => {
  const partition = partitions.get(pk) ?? { values: new Map<string, unknown>(), order: noKeys() }
  if (value === undefined) {
    if (!partition.values.delete(sk)) return
    dropKey(partition.order, sk)
    if (partition.values.size === 0) partitions.delete(pk)
    return
  }
  if (!partition.values.has(sk)) addKey(partition.order, sk)
  partition.values.set(sk, stored(value))
  partitions.set(pk, partition)
}

const check = (state: ScheduleState, { key, rev }: Fence): void => {
  const value = valueAt(state, key)
  const now: unknown = value === undefined ? undefined : Reflect.get(Object(value), 'rev')
  // No revision asked for: the item must be absent, whatever it holds.
  if (rev === undefined ? value !== undefined : now !== rev)
    throw new Superseded(`${key.pk} ${key.sk} is at revision ${now}, not at ${rev}`)
}

/** The limits of a transaction, before any of its conditions is looked at. */
const admit = (touched: readonly keys.Key[], records: number): void => {
  const actions = touched.length + records
  if (actions > MAX_ACTIONS) throw new TooLarge(`${actions} actions in one transaction; DynamoDB takes ${MAX_ACTIONS}`)
  if (distinct(touched) < touched.length) throw invalid('a transaction holds two actions on one item')
}

const JobAtWork = Job.pick({ status: true, round: true, turn: true, stop: true })

const jobAtWork = (state: ScheduleState, wanted: { job: string; round: number; turn: number }): void => {
  const job = JobAtWork.safeParse(valueAt(state, keys.job(wanted.job))).data
  const atWork = job?.status === 'starting' || job?.status === 'running'
  if (!job || !atWork || job.stop || job.round !== wanted.round || job.turn !== wanted.turn)
    throw new Superseded(`job ${wanted.job} is ${job?.status ?? 'absent'}, not at work in turn ${wanted.turn}`)
}

/** The tables `schedule` and `jobs` over plain maps: every method happens at once or not at all. */
export const scheduleTable = (state: ScheduleState): ScheduleTable => ({
  async items(wanted) {
    if (wanted.length === 0 || wanted.length > MAX_KEYS || distinct(wanted) < wanted.length)
      throw invalid(`${wanted.length} keys in one request; DynamoDB takes 1 to ${MAX_KEYS} different ones`)
    return wanted.map((key) => {
      const value = valueAt(state, key)
      return value === undefined ? undefined : { ...key, value }
    })
  },

  async page({ pk, prefix, after, limit }) {
    const partition = state.partitions.get(pk)
    const found = partition ? keysFrom(partition.order, prefix, after, limit) : []
    const items = found.map((sk): StoredItem => ({ pk, sk, value: partition?.values.get(sk) }))
    // Like a Query with a limit: complete only when the table looked past the last item.
    return { items, complete: found.length < limit }
  },

  async count({ pk }) {
    return { count: state.partitions.get(pk)?.values.size ?? 0 }
  },

  async commit({ seq, writes, fences, calls, records }) {
    const written = writes.map(({ key }) => key)
    const only = fences.filter(({ key }) => !written.some(({ pk, sk }) => pk === key.pk && sk === key.sk))
    admit([keys.shard(), ...written, ...only.map(({ key }) => key), ...calls.map(({ key }) => key)], records.length)
    const now = kinds.shard.schema.optional().parse(valueAt(state, keys.shard()))?.seq ?? 0
    if (now !== seq) throw new Superseded(`the shard is at ${now}, not at ${seq}`)
    for (const fence of fences) check(state, fence)
    setItem(state, keys.shard(), { seq: seq + 1 })
    for (const { key, value } of writes) setItem(state, key, value)
    for (const { key, item } of calls) setItem(state, key, item)
    for (const record of records) state.jobs.set(record.jobId, stored(record))
  },

  async writeAttempt({ attempt, was, job, instanceId }) {
    const ref = { job: attempt.job, round: attempt.round, attempt: attempt.attempt }
    const parts = [ref.job, ref.round, ref.attempt] as const
    jobAtWork(state, job)
    check(state, { key: keys.attempt(...parts), rev: was })
    setItem(state, keys.attempt(...parts), attempt)
    setItem(state, keys.open(...parts), attempt.state === 'open' ? ref : undefined)
    if (instanceId === undefined) return
    const key = keys.instance(instanceId)
    setItem(state, key, { ...Object(valueAt(state, key)), instanceId, ...ref })
  },

  async remove(key) {
    setItem(state, key, undefined)
  },

  async write(key, value) {
    setItem(state, key, value)
  },
})
