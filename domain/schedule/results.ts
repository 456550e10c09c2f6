import { attemptOfInstance, type Close, closeAttempt, fenceNext, prefixOf, resultOf } from '#domain/schedule/attempts'
import { type Books, type Deciding, put } from '#domain/schedule/books'
import { type Attempt, isOver, type Job } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import type { Message } from '#domain/schedule/messages'
import { endRound } from '#domain/schedule/rounds'
import { instanceOfKey, type RunResult } from '#domain/schedule/run-result'

/** The machine's own clock, whole seconds; 0 where it makes no sense. */
const secondsOf = ({ startedAt, endedAt }: RunResult): number =>
  Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000) || 0

const closeBy = (result: RunResult): Close =>
  result.outcome === 'succeeded'
    ? { state: 'succeeded', usefulSeconds: secondsOf(result) }
    : result.outcome === 'retryable'
      ? { state: 'retryable', error: 'RetryableFailure', cause: `${result.reason}, exit code ${result.exitCode}` }
      : { state: 'failed', error: 'ProcessorFailed', cause: `${result.reason}, exit code ${result.exitCode}` }

/** Closes an attempt by what its machine wrote; a success ends the round at once. */
export function* applyResult(
  books: Books,
  job: Job,
  attempt: Attempt,
  prefix: string,
  result: RunResult,
): Deciding<void> {
  closeAttempt(books, attempt, closeBy(result), false)
  const seen: Job = {
    ...job,
    attempts: attempt.attempt,
    used: { peakMemoryBytes: result.peakMemoryBytes, cpuSeconds: result.cpuSeconds },
    ...(attempt.instanceId ? { instanceId: attempt.instanceId } : {}),
  }
  const again = result.outcome === 'retryable' && job.status === 'running'
  put(books, keys.job, [job.job], again ? { ...seen, status: 'starting' } : seen)
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
