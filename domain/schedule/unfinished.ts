import { type Books, type Deciding, put, readAhead, remove } from '#domain/schedule/books'
import type { Job } from '#domain/schedule/items/job'
import type { ScopeType } from '#domain/schedule/items/scope'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { changeType } from '#domain/schedule/lanes'

/**
 * Counts a job among the unfinished of its scope, and lists it. A count that begins at none is wholly listed from then on;
 * one that was begun before there were lists (data of an older version) becomes so when it first comes to none. The lane is
 * listed with it: `audit` forgets those that have stood empty for long.
 */
export function* countIn(
  books: Books,
  { job, payerId, fileType }: Job,
  scope: string,
  more: Partial<ScopeType> = {},
): Deciding<void> {
  // A lane that is known already is not written again: reading costs a tenth of writing.
  yield* readAhead(books, [keys.laneOf(payerId, scope, fileType), keys.scope(scope)])
  put(books, kinds.laneOf, [payerId, scope, fileType], { payerId, scope, type: fileType })
  put(books, kinds.unfinished, [scope, fileType, job], { job })
  yield* changeType(books, scope, payerId, fileType, (type) => ({
    ...type,
    ...more,
    unfinished: type.unfinished + 1,
    ...(type.listed || type.unfinished === 0 ? { listed: true } : {}),
  }))
}

/** Counts it out again: its round is over. */
export function* countOut(
  books: Books,
  { job, payerId, fileType }: Job,
  scope: string,
  change: (type: ScopeType) => ScopeType,
): Deciding<void> {
  remove(books, kinds.unfinished, scope, fileType, job)
  yield* changeType(books, scope, payerId, fileType, (type) => ({
    ...change(type),
    unfinished: type.unfinished - 1,
  }))
}
