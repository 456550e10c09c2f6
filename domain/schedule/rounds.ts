import { mergePolicy } from '#domain/policy/merge'
import { giveBack } from '#domain/schedule/admission'
import { type Books, type Deciding, get, put, remove } from '#domain/schedule/books'
import type { Job } from '#domain/schedule/items/job'
import type { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { ScopeType } from '#domain/schedule/items/scope'
import { isOver } from '#domain/schedule/items/status'
import * as kinds from '#domain/schedule/kinds'
import { changeType, typeOf } from '#domain/schedule/lanes'
import { policyRows } from '#domain/schedule/rows'
import { stillBlocks } from '#domain/schedule/still-blocks'
import { countOut } from '#domain/schedule/unfinished'

export type End = {
  status: 'succeeded' | 'failed' | 'rejected' | 'withdrawn' | 'superseded'
  because: string
  sentence?: string | undefined
}

const without = <T>(record: Record<string, T>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

const laneParts = (job: Job) =>
  job.scope === undefined ? undefined : ([job.scope, job.fileType, job.order, job.job] as const)

export function* setLaneState(books: Books, job: Job, state: LaneEntry['state'], notBefore?: number): Deciding<void> {
  const parts = laneParts(job)
  if (!parts) return
  const {
    notBefore: _gone,
    full: _was,
    ...entry
  } = (yield* get(books, kinds.laneEntry, ...parts)) ?? {
    job: job.job,
    order: job.order,
    registeredAt: job.registeredAt,
    state,
    ...(job.owned ? { owned: job.owned } : {}),
  }
  put(books, kinds.laneEntry, [...parts], {
    ...entry,
    state,
    bytes: job.bytes,
    ...(job.full ? { full: true } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
  })
}

const leaveLane = (books: Books, job: Job): void => {
  const parts = laneParts(job)
  if (parts) remove(books, kinds.laneEntry, ...parts)
}

/** A later success of a full member file (or of any, where the row says so) makes good what failed before it. */
function* succeed(books: Books, job: Job, scopeId: string): Deciding<void> {
  const policy = mergePolicy(yield* policyRows(books, job.payerId), job.payerId, job.fileType)
  const scope = yield* get(books, kinds.scope, scopeId)
  const clears = job.full === true || policy.laterClears
  if (scope && clears)
    for (const id of Object.keys(typeOf(scope, job.fileType).blocking)) {
      const cleared = yield* get(books, kinds.job, id)
      if (cleared && cleared.order < job.order) yield* clearBlocking(books, cleared)
    }
  yield* changeType(books, scopeId, job.payerId, job.fileType, (type) => ({
    ...type,
    succeeded: type.succeeded + 1,
    okJob: job.job,
  }))
  yield* rememberFull(books, job)
}

/** How many members the payer's last full file has: the next one must not have far fewer (`maxDropPercent`). */
function* rememberFull(books: Books, job: Job): Deciding<void> {
  const members = job.counts?.['members']
  if (job.full !== true || members === undefined) return
  const parts = [job.payerId, job.fileType] as const
  const before = yield* get(books, kinds.lastFull, ...parts)
  if (before === undefined || before.order < job.order)
    put(books, kinds.lastFull, [...parts], { job: job.job, order: job.order, members })
}

/** An ended job no longer keeps gates closed, nor its lane. */
export function* clearBlocking(books: Books, job: Job): Deciding<void> {
  if (job.scope === undefined) return
  leaveLane(books, job)
  if (!stillBlocks(job)) return
  put(books, kinds.job, [job.job], { ...job, blocks: false })
  yield* changeType(books, job.scope, job.payerId, job.fileType, (type) =>
    job.job in type.blocking
      ? { ...type, blocking: without(type.blocking, job.job) }
      : job.blocks === undefined
        ? type
        : { ...type, blockingMore: (type.blockingMore ?? 1) - 1 },
  )
}

/** Blocking jobs that a scope names; 1,000 ids are about 40 KB of DynamoDB's 400. */
const NAMED = 1000

const blockedBy = (type: ScopeType, job: string, how: 'failed' | 'rejected'): ScopeType =>
  Object.keys(type.blocking).length < NAMED
    ? { ...type, blocking: { ...type.blocking, [job]: how } }
    : { ...type, blockingMore: (type.blockingMore ?? 0) + 1 }

/** Ends a round once: exactly what the job holds goes back, its place in the lane, its count in the scope. */
export function* endRound(books: Books, job: Job, end: End): Deciding<void> {
  if (isOver(job.status)) return
  yield* giveBack(books, job)
  const { held: _held, stop: _stop, sentence: _sentence, ...rest } = job
  put(books, kinds.job, [job.job], {
    ...rest,
    status: end.status,
    because: end.because,
    blocks: end.status === 'failed' || end.status === 'rejected',
    ...(end.sentence === undefined ? {} : { sentence: end.sentence }),
    endedAt: books.now,
  })
  if (job.scope === undefined) return remove(books, kinds.heldFile, job.payerId, job.order, job.job)
  const bad = end.status === 'failed' || end.status === 'rejected' ? end.status : undefined
  const policy = mergePolicy(yield* policyRows(books, job.payerId), job.payerId, job.fileType)
  if (bad && policy.ordered && policy.haltOnFailure) yield* setLaneState(books, job, 'failed')
  else leaveLane(books, job)
  yield* countOut(books, job, job.scope, (type) => (bad ? blockedBy(type, job.job, bad) : type))
  if (end.status === 'succeeded') yield* succeed(books, job, job.scope)
}
