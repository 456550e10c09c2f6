import * as z from 'zod'
import { CallItem } from '#domain/schedule/calls'
import * as items from '#domain/schedule/items'

/** A key of the table `schedule`. */
export type Key = { pk: string; sk: string }

/** A kind of item: how its key is made and what it must look like. */
export type Kind<T, A extends readonly unknown[]> = { schema: z.ZodType<T>; key: (...parts: A) => Key }

const kind = <T, A extends readonly unknown[]>(schema: z.ZodType<T>, key: (...parts: A) => Key): Kind<T, A> => ({
  schema,
  key,
})

const digits = (n: number, width: number): string => String(n).padStart(width, '0')

export const shard = kind(items.Shard, () => ({ pk: 'SHARD#main', sk: 'STATE' }))
export const scope = kind(items.Scope, (id: string) => ({ pk: `SCOPE#${id}`, sk: 'STATE' }))
export const lanePk = (scopeId: string, type: string): string => `LANE#${scopeId}#${type}`
export const laneEntry = kind(items.LaneEntry, (scopeId: string, type: string, order: string, job: string) => ({
  pk: lanePk(scopeId, type),
  sk: `${order}#${job}`,
}))
export const poolState = kind(items.PoolState, (pool: string) => ({ pk: `POOL#${pool}`, sk: 'STATE' }))
/** All pools of which a job has ever taken something. */
export const POOLS = 'POOLS#main'
export const poolRef = kind(z.object({ pool: z.string() }), (pool: string) => ({ pk: POOLS, sk: pool }))
/** The unfinished jobs of a scope's type: what `audit` counts them by. */
export const unfinishedPk = (scopeId: string, type: string): string => `UNFINISHED#${scopeId}#${type}`
export const unfinished = kind(z.object({ job: z.string() }), (scopeId: string, type: string, job: string) => ({
  pk: unfinishedPk(scopeId, type),
  sk: job,
}))
export const BOARD = 'BOARD#'
export const board = kind(items.BoardEntry, (pool: string, sk: string) => ({ pk: `POOL#${pool}`, sk }))
export const HELD = 'HELD#'
export const heldAt = kind(items.LaneRef, (pool: string, scopeId: string, type: string) => ({
  pk: `POOL#${pool}`,
  sk: `${HELD}${scopeId}#${type}`,
}))
/** All lanes, by payer: an edited row finds its lanes here. */
export const LANES = 'LANES#main'
export const laneOf = kind(items.LaneRef, (payerId: string, scopeId: string, type: string) => ({
  pk: LANES,
  sk: `${payerId}#${scopeId}#${type}`,
}))
/** Files held without an execution, by payer and order of registration: the order in which they move. */
export const HELD_FILES = 'HELD-FILES#main'
export const heldFile = kind(z.object({ job: z.string() }), (payerId: string, order: string, job: string) => ({
  pk: HELD_FILES,
  sk: `${payerId}#${order}#${job}`,
}))
export const job = kind(items.Job, (id: string) => ({ pk: `JOB#${id}`, sk: 'STATE' }))
export const tokens = kind(items.Tokens, (id: string) => ({ pk: `JOB#${id}`, sk: 'TOKENS#WaitForTurn' }))
export const attemptPrefix = (round: number): string => `ATTEMPT#${digits(round, 4)}#`
export const attempt = kind(items.Attempt, (id: string, round: number, n: number) => ({
  pk: `JOB#${id}`,
  sk: `${attemptPrefix(round)}${digits(n, 4)}`,
}))
/** Attempts that are open, so that `sweep` finds them without a scan. */
export const OPEN = 'OPEN#main'
export const open = kind(
  z.object({ job: z.string(), round: z.int(), attempt: z.int() }),
  (id: string, round: number, n: number) => ({
    pk: OPEN,
    sk: `${id}#${digits(round, 4)}#${digits(n, 4)}`,
  }),
)
/** What was last decided to stand on a row as `mayflyStatus`: calls that come late write this, not what they once carried. */
export const rowRemark = kind(z.object({ status: z.string() }), (payerId: string, fileType: string) => ({
  pk: `PAYER#${payerId}`,
  sk: `REMARK#${fileType}`,
}))
export const poolRemark = kind(z.object({ status: z.string() }), (pool: string) => ({
  pk: `POOL#${pool}`,
  sk: 'REMARK',
}))
/** What EC2 has refused in the last minutes. */
export const REFUSALS = 'REFUSALS#main'
export const refusal = kind(items.Refused, ({ instanceType, market, subnet }: items.Candidate) => ({
  pk: REFUSALS,
  sk: `${instanceType}#${market}#${subnet}`,
}))
export const lastFull = kind(items.LastFull, (payerId: string, fileType: string) => ({
  pk: `PAYER#${payerId}`,
  sk: `FULL#${fileType}`,
}))
export const instance = kind(items.Instance, (id: string) => ({ pk: `INSTANCE#${id}`, sk: 'STATE' }))
export const request = kind(items.Answered, (id: string) => ({ pk: `REQUEST#${id}`, sk: 'STATE' }))
export const keyState = kind(items.KeyState, (bucket: string, key: string) => ({
  pk: `KEY#${bucket}/${key}`,
  sk: 'STATE',
}))
export const CALLS = 'CALL#main'
export const call = kind(CallItem, (seq: number, n: number) => ({
  pk: CALLS,
  sk: `${digits(seq, 12)}#${digits(n, 3)}`,
}))
export const DUE = 'DUE#main'
export const due = kind(items.Due, (at: number, what: string) => ({ pk: DUE, sk: `${digits(at, 15)}#${what}` }))

/** Registration order: the shard's sequence number and the place in its batch. */
export const orderOf = (seq: number, place: number): string => `${digits(seq, 12)}.${digits(place, 3)}`

/** A total order as text: priority (higher first), then age of the lane's head, then the lane's id. */
export const boardKey = (priority: number, headOrder: string, scopeId: string, type: string): string =>
  `${BOARD}${digits(9999 - priority, 4)}#${headOrder}#${scopeId}#${type}`
