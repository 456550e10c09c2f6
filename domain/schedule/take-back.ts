import { closeAttempt, fenceNext, lastAttempt } from '#domain/schedule/attempts'
import { type Books, call, type Deciding, get, put } from '#domain/schedule/books'
import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as kinds from '#domain/schedule/kinds'
import { successInStore } from '#domain/schedule/results'
import { clearBlocking, endRound } from '#domain/schedule/rounds'

/** How it is to end, with the sentence that says so: one of an earlier reason would be untrue. */
type TakenBack = { status: 'withdrawn' | 'superseded' | 'failed'; because: string; sentence: string }

/** The owner replaced or deleted the file: unstarted → ends; at work → stopped, then ends; ended badly → cleared. */
export function* takeBack(books: Books, job: Job, end: TakenBack): Deciding<void> {
  const { because } = end
  if (job.status === 'failed' || job.status === 'rejected') {
    yield* clearBlocking(books, job)
    put(books, kinds.job, [job.job], { ...job, ...end, blocks: false })
    return
  }
  if (isOver(job.status)) return
  if (job.status === 'starting' || job.status === 'running') {
    const attempt = yield* lastAttempt(books, job)
    if (attempt?.state === 'open' && (yield* successInStore(books, job, attempt))) return
    fenceNext(books, job, attempt)
    put(books, kinds.job, [job.job], { ...job, stop: end })
    if (attempt?.state === 'open')
      closeAttempt(books, attempt, { state: 'stopped', error: 'JobStopped', cause: because }, false)
    return
  }
  const tokens = yield* get(books, kinds.tokens, job.job)
  yield* endRound(books, job, end)
  if (tokens?.round === job.round)
    call(books, { call: 'fail-tokens', tokens: tokens.tokens, error: 'RoundIsOver', cause: because })
}
