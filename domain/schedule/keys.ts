import type { Candidate } from '#domain/schedule/items/candidate'

/** A key of the table `schedule`. */
export type Key = { pk: string; sk: string }

const digits = (n: number, width: number): string => String(n).padStart(width, '0')

export const shard = (): Key => ({ pk: 'SHARD#main', sk: 'STATE' })
export const scope = (id: string): Key => ({ pk: `SCOPE#${id}`, sk: 'STATE' })
export const lanePk = (scopeId: string, type: string): string => `LANE#${scopeId}#${type}`
export const laneEntry = (scopeId: string, type: string, order: string, job: string): Key => ({
  pk: lanePk(scopeId, type),
  sk: `${order}#${job}`,
})
export const poolState = (pool: string): Key => ({ pk: `POOL#${pool}`, sk: 'STATE' })
/** All pools of which a job has ever taken something. */
export const POOLS = 'POOLS#main'
export const poolRef = (pool: string): Key => ({ pk: POOLS, sk: pool })
/** The unfinished jobs of a scope's type: what `audit` counts them by. */
export const unfinishedPk = (scopeId: string, type: string): string => `UNFINISHED#${scopeId}#${type}`
export const unfinished = (scopeId: string, type: string, job: string): Key => ({
  pk: unfinishedPk(scopeId, type),
  sk: job,
})
export const BOARD = 'BOARD#'
export const board = (pool: string, sk: string): Key => ({ pk: `POOL#${pool}`, sk })
export const HELD = 'HELD#'
export const heldAt = (pool: string, scopeId: string, type: string): Key => ({
  pk: `POOL#${pool}`,
  sk: `${HELD}${scopeId}#${type}`,
})
/** All lanes, by payer: an edited row finds its lanes here. */
export const LANES = 'LANES#main'
export const laneOf = (payerId: string, scopeId: string, type: string): Key => ({
  pk: LANES,
  sk: `${payerId}#${scopeId}#${type}`,
})
/** Files held without an execution, by payer and order of registration: the order in which they move. */
export const HELD_FILES = 'HELD-FILES#main'
export const heldFile = (payerId: string, order: string, job: string): Key => ({
  pk: HELD_FILES,
  sk: `${payerId}#${order}#${job}`,
})
export const job = (id: string): Key => ({ pk: `JOB#${id}`, sk: 'STATE' })
export const tokens = (id: string): Key => ({ pk: `JOB#${id}`, sk: 'TOKENS#WaitForTurn' })
export const attemptPrefix = (round: number): string => `ATTEMPT#${digits(round, 4)}#`
export const attempt = (id: string, round: number, n: number): Key => ({
  pk: `JOB#${id}`,
  sk: `${attemptPrefix(round)}${digits(n, 4)}`,
})
/** Attempts that are open, so that `sweep` finds them without a scan. */
export const OPEN = 'OPEN#main'
export const open = (id: string, round: number, n: number): Key => ({
  pk: OPEN,
  sk: `${id}#${digits(round, 4)}#${digits(n, 4)}`,
})
/** What was last decided to stand on a row as `mayflyStatus`: calls that come late write this, not what they once carried. */
export const rowRemark = (payerId: string, fileType: string): Key => ({
  pk: `PAYER#${payerId}`,
  sk: `REMARK#${fileType}`,
})
export const poolRemark = (pool: string): Key => ({
  pk: `POOL#${pool}`,
  sk: 'REMARK',
})
/** What EC2 has refused in the last minutes. */
export const REFUSALS = 'REFUSALS#main'
export const refusal = ({ instanceType, market, subnet }: Candidate): Key => ({
  pk: REFUSALS,
  sk: `${instanceType}#${market}#${subnet}`,
})
export const lastFull = (payerId: string, fileType: string): Key => ({
  pk: `PAYER#${payerId}`,
  sk: `FULL#${fileType}`,
})
export const instance = (id: string): Key => ({ pk: `INSTANCE#${id}`, sk: 'STATE' })
export const request = (id: string): Key => ({ pk: `REQUEST#${id}`, sk: 'STATE' })
export const keyState = (bucket: string, key: string): Key => ({
  pk: `KEY#${bucket}/${key}`,
  sk: 'STATE',
})
export const CALLS = 'CALL#main'
export const call = (seq: number, n: number): Key => ({
  pk: CALLS,
  sk: `${digits(seq, 12)}#${digits(n, 3)}`,
})
export const DUE = 'DUE#main'
export const due = (at: number, what: string): Key => ({ pk: DUE, sk: `${digits(at, 15)}#${what}` })

/** Registration order: the shard's sequence number and the place in its batch. */
export const orderOf = (seq: number, place: number): string => `${digits(seq, 12)}.${digits(place, 3)}`

/** A total order as text: priority (higher first), then age of the lane's head, then the lane's id. */
export const boardKey = (priority: number, headOrder: string, scopeId: string, type: string): string =>
  `${BOARD}${digits(9999 - priority, 4)}#${headOrder}#${scopeId}#${type}`
