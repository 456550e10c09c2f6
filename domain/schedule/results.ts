import type { z } from 'zod'
import { attemptOfInstance, type Close, closeAttempt, fenceNext, prefixOf, resultOf } from '#domain/schedule/attempts'
import { type Books, type Deciding, put } from '#domain/schedule/books'
import { forgetBoots } from '#domain/schedule/boots'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as kinds from '#domain/schedule/kinds'
import type { Message, UnsoundCause } from '#domain/schedule/messages'
import { endRound } from '#domain/schedule/rounds'
import { instanceOfKey } from '#domain/schedule/run-prefix'
import type { RunResult } from '#domain/schedule/run-result'

/** The machine's own clock, whole seconds; 0 where it makes no sense. */
const secondsOf = ({ startedAt, endedAt }: RunResult): number =>
  Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000) || 0

/** `unsound`: the script's word for a file that the validator refused on the instance. */
const UNSOUND = 'unsound'

const closeBy = (result: RunResult, prefix: string): Close =>
  result.outcome === 'failed' && result.reason === UNSOUND
    ? { state: 'failed', error: 'UnsoundFile', cause: JSON.stringify(unsoundCause(result, prefix)) }
    : closeSound(result)

const reportOf = (prefix: string): string => `${prefix}validation.json`

const unsoundCause = ({ validation }: RunResult, prefix: string): z.infer<typeof UnsoundCause> => ({
  report: reportOf(prefix),
  findings: validation?.findings ?? [],
})

const closeSound = (result: RunResult): Close =>
  result.outcome === 'succeeded'
    ? { state: 'succeeded', usefulSeconds: secondsOf(result) }
    : result.outcome === 'retryable'
      ? { state: 'retryable', error: 'RetryableFailure', cause: `${result.reason}, exit code ${result.exitCode}` }
      : { state: 'failed', error: 'ProcessorFailed', cause: `${result.reason}, exit code ${result.exitCode}` }

/** A file that was let through unread must not count as a success without a word that it is sound. */
const asValidated = (job: Job, result: RunResult): RunResult =>
  job.unvalidated && result.outcome === 'succeeded' && result.validation?.valid !== true
    ? { ...result, outcome: 'failed', reason: 'not-validated' }
    : result

/** What a warned machine could not finish is EC2's doing. */
const spotLoss = ({ spotNoticeAt }: Attempt, result: RunResult): Pick<Close, 'because'> =>
  result.outcome === 'retryable' && (spotNoticeAt !== undefined || typeof result.spotNoticeAt === 'string')
    ? { because: 'spot-interruption' }
    : {}

/** Closes an attempt by what its machine wrote; a success ends the round at once. */
export function* applyResult(
  books: Books,
  job: Job,
  attempt: Attempt,
  prefix: string,
  written: RunResult,
): Deciding<void> {
  const result = asValidated(job, written)
  yield* forgetBoots(books, job.payerId)
  closeAttempt(books, attempt, { ...closeBy(result, prefix), ...spotLoss(attempt, result) }, false)
  const seen: Job = {
    ...job,
    attempts: attempt.attempt,
    used: { peakMemoryBytes: result.peakMemoryBytes, cpuSeconds: result.cpuSeconds },
    ...(attempt.instanceId ? { instanceId: attempt.instanceId } : {}),
    ...(job.unvalidated && result.validation?.valid
      ? { full: result.validation.full, counts: result.validation.counts, report: reportOf(prefix), unvalidated: false }
      : {}),
  }
  const again = result.outcome === 'retryable' && job.status === 'running'
  put(books, kinds.job, [job.job], again ? { ...seen, status: 'starting' } : seen)
  if (result.outcome !== 'succeeded' || isOver(job.status) || job.round !== attempt.round) return
  fenceNext(books, job, attempt)
  const done: Job = { ...seen, output: { prefix: `${prefix}out/`, names: result.outputs } }
  yield* endRound(books, done, { status: 'succeeded', because: 'ok' })
}

/** `result.json` landed. Unknown instance: nothing; `sweep` looks. */
export function* result(books: Books, message: Extract<Message, { kind: 'result' }>): Deciding<void> {
  const from = instanceOfKey(message.key)
  const found = from && (yield* attemptOfInstance(books, from.instanceId))
  if (!from || found?.attempt.state !== 'open') return
  const written = yield* resultOf(books, from.prefix)
  if (written) yield* applyResult(books, found.job, found.attempt, from.prefix, written)
}

/** Applies the success that an open attempt has left in S3, if it has: it wins over any other end of the round. */
export function* successInStore(books: Books, job: Job, attempt: Attempt): Deciding<boolean> {
  const prefix = prefixOf(attempt)
  const written = prefix === undefined ? undefined : yield* resultOf(books, prefix)
  if (prefix === undefined || written?.outcome !== 'succeeded') return false
  yield* applyResult(books, job, attempt, prefix, written)
  return true
}
