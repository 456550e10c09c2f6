import { Superseded } from '#domain/ports/schedule-table'
import type { Answer, Page, Question, StoredItem } from '#domain/schedule/books'
import type { Call } from '#domain/schedule/calls'
import { type Decision, decide } from '#domain/schedule/decide'
import type { Job } from '#domain/schedule/items/job'
import type * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'

/** DynamoDB's limit of one transaction (aws-facts). */
export const MAX_ACTIONS = 100

const idOf = ({ pk, sk }: keys.Key): string => `${pk}\n${sk}`
const revOf = (item: StoredItem | undefined): unknown =>
  item === undefined ? undefined : Reflect.get(Object(item.value), 'rev')
/** What a table gives back: a value of its own, without what is undefined. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const withKey = (row: unknown, name: string, wanted: string): boolean => Reflect.get(Object(row), name) === wanted

/** The scheduler's tables in memory: answers a decision's questions and applies its transaction the way DynamoDB would. */
export const memoryWorld = (tables: { rows?: unknown[]; pools?: unknown[] } = {}) => {
  const items = new Map<string, StoredItem>()
  const partitions = new Map<string, Map<string, StoredItem>>()
  const partition = (pk: string): Map<string, StoredItem> => {
    const found = partitions.get(pk) ?? new Map<string, StoredItem>()
    partitions.set(pk, found)
    return found
  }
  const set = (key: keys.Key, value: unknown): void => {
    const item = { ...key, value: stored(value) }
    items.set(idOf(key), item)
    partition(key.pk).set(key.sk, item)
  }
  const remove = (key: keys.Key): void => {
    items.delete(idOf(key))
    partition(key.pk).delete(key.sk)
  }
  const world = {
    now: 1_000_000_000_000,
    rows: tables.rows ?? [],
    pools: tables.pools ?? [],
    /** Objects of the results bucket, by key. */
    results: new Map<string, unknown>(),
    /** What EC2 says of instances, by id. */
    machines: new Map<string, { stateReason?: string }>(),
    /** Every call that was ever decided, in order. */
    calls: [] as Call[],
    /** Items that were read since this was set to 0. */
    reads: 0,
    items,

    answer(question: Question): Answer {
      switch (question.ask) {
        case 'items':
          world.reads += question.keys.length
          return question.keys.map((key) => items.get(idOf(key)))
        case 'page':
          return world.page(question)
        case 'count':
          return world.under(question.pk).length
        case 'policy-rows':
          return world.rows.filter((row) => withKey(row, 'payerId', question.payerId))
        case 'pool-row':
          return world.pools.find((row) => withKey(row, 'pool', question.pool))
        case 'result':
          return world.results.get(question.key)
        case 'machine':
          return world.machines.get(question.instanceId)
      }
    },

    /** Like a Query with a limit: complete only when the table looked past the last item. */
    page({ pk, prefix, after, limit }: Extract<Question, { ask: 'page' }>): Page {
      const found = world
        .under(pk, prefix)
        .filter(({ sk }) => after === undefined || sk > after)
        .slice(0, limit)
      world.reads += found.length
      return { items: found, complete: found.length < limit }
    },

    /** What would be decided now; nothing is written. */
    decide(messages: readonly Message[]): Decision {
      const deciding = decide(messages, world.now)
      let step = deciding.next()
      while (!step.done) step = deciding.next(world.answer(step.value))
      return step.value
    },

    /** @throws Superseded when the shard or a fenced item is not as it was read. */
    commit({ seq, writes, fences, calls }: Decision): void {
      if (writes.length === 0 && calls.length === 0) return
      if ((world.get(kinds.shard)?.seq ?? 0) !== seq) throw new Superseded('the shard moved')
      for (const { key, rev } of fences)
        if (rev === undefined ? items.has(idOf(key)) : revOf(items.get(idOf(key))) !== rev)
          throw new Superseded(`${key.pk} ${key.sk} is not at ${rev}`)
      for (const { key, value } of writes)
        if (value === undefined) remove(key)
        else set(key, value)
      world.put(kinds.shard, [], { seq: seq + 1 })
      world.calls.push(...calls.map(({ what }) => what))
    },

    /** Decides and commits; the calls of this decision. A message that was quarantined fails the test. */
    run(messages: readonly Message[]): Call[] {
      const decision = world.decide(messages)
      if (decision.quarantined.length > 0) throw new Error(JSON.stringify(decision.quarantined))
      world.commit(decision)
      return decision.calls.map(({ what }) => what)
    },

    get<T, A extends readonly unknown[]>(kind: kinds.Kind<T, A>, ...parts: A): T | undefined {
      const item = items.get(idOf(kind.key(...parts)))
      return item && kind.schema.parse(item.value)
    },
    put<T, A extends readonly unknown[]>(kind: kinds.Kind<T, A>, parts: A, value: T): void {
      set(kind.key(...parts), value)
    },
    /** Any item, as it lies in the table. */
    set,
    remove,
    /** A partition in key order. */
    under: (pk: string, prefix = ''): StoredItem[] =>
      [...partition(pk).values()].filter(({ sk }) => sk.startsWith(prefix)).sort((a, b) => (a.sk < b.sk ? -1 : 1)),

    job(id: string): Job {
      const job = world.get(kinds.job, id)
      if (!job) throw new Error(`no job ${id}; there are ${world.jobs().map((each) => each.job)}`)
      return job
    },
    jobs: (): Job[] =>
      [...items.values()]
        .filter(({ pk, sk }) => pk.startsWith('JOB#') && sk === 'STATE')
        .map(({ value }) => kinds.job.schema.parse(value)),
  }
  return world
}
export type MemoryWorld = ReturnType<typeof memoryWorld>

/** The actions that a decision takes in one transaction: the shard, its writes, fences of their own, calls, records of jobs. */
export const actionsOf = ({ writes, fences, calls }: Decision): number => {
  const written = new Set(writes.map(({ key }) => idOf(key)))
  const records = writes.filter(({ key, value }) => key.pk.startsWith('JOB#') && key.sk === 'STATE' && value).length
  return 1 + writes.length + fences.filter(({ key }) => !written.has(idOf(key))).length + calls.length + records
}
