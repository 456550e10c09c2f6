import type { Fence, Page, StoredItem } from '#domain/schedule/books'
import type { CallItem } from '#domain/schedule/calls'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { JobRecord } from '#domain/schedule/job-record'
import type { Key } from '#domain/schedule/keys'

/** A transaction of `schedule`, whole or not at all. */
export type Transaction = {
  /** The shard's number as read; the transaction raises it by one. */
  seq: number
  /** `value` undefined deletes the item. */
  writes: { key: Key; value: unknown }[]
  fences: Fence[]
  calls: { key: Key; item: CallItem }[]
  records: JobRecord[]
}

/** What `launch` writes: an attempt as it should now be, fenced by its own revision and by the job it serves. */
export type AttemptWrite = {
  attempt: Attempt
  /** The revision as read; undefined: the attempt must not exist yet. */
  was: number | undefined
  /** The job must still be in this round and turn, at work, and not stopped. */
  job: { job: string; round: number; turn: number }
  /** Also record that the instance works for this attempt. */
  instanceId?: string
}

/** The table `schedule` (and, in its transactions, `jobs`). Every method is one DynamoDB request; reads are strongly consistent. */
export type ScheduleTable = {
  /** At most 100 keys. The answer has the order of the question. */
  items(keys: readonly Key[]): Promise<(StoredItem | undefined)[]>
  /** Items of a partition in key order, after `after`. */
  page(query: { pk: string; prefix: string; after?: string; limit: number }): Promise<Page>
  /** How many items a partition holds: one page of the count, of at most 1 MB of items. */
  count(query: { pk: string; after?: string }): Promise<{ count: number; next?: string }>
  /** @throws Superseded when the sequence number or a fence is not as read; TooLarge above DynamoDB's 100 actions. */
  commit(transaction: Transaction): Promise<void>
  /** @throws Superseded when the attempt or the job is not as read. */
  writeAttempt(write: AttemptWrite): Promise<void>
  /** Deletes an item: a call that was carried out, a due time that was announced. */
  remove(key: Key): Promise<void>
  /** Writes an item that only its writer reads: a job's progress. */
  write(key: Key, value: Record<string, unknown>): Promise<void>
}

/** Somebody else wrote first: read again and decide again. */
export class Superseded extends Error {
  override readonly name = 'Superseded'
}

/** More than the 100 actions that one DynamoDB transaction takes. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}
