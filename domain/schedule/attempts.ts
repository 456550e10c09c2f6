import {
  type Books,
  call,
  type Deciding,
  entries,
  fence,
  get,
  once,
  put,
  readAhead,
  remove,
} from '#domain/schedule/books'
import { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { runPrefix } from '#domain/schedule/run-prefix'
import { RunResult } from '#domain/schedule/run-result'

/** The latest attempt of the job's round, if any. `launch` writes attempts too: whoever acts on this must fence it. */
export function* lastAttempt(books: Books, job: Job): Deciding<Attempt | undefined> {
  const found = yield* entries(books, `JOB#${job.job}`, keys.attemptPrefix(job.round), Attempt)
  return found.at(-1)?.value
}

/** The transaction holds only if no attempt was opened after the one that was read. */
export const fenceNext = (books: Books, job: Job, last: Attempt | undefined): void =>
  fence(books, kinds.attempt, [job.job, job.round, (last?.attempt ?? 0) + 1], undefined)

/** What the machine left in S3: S3 reads are strongly consistent, EC2's events are not, so S3 is asked before a death is believed. */
export function* resultOf(books: Books, prefix: string): Deciding<RunResult | undefined> {
  return yield* once(books, { ask: 'result', key: `${prefix}result.json` }, (answer) =>
    answer === undefined ? undefined : RunResult.parse(answer),
  )
}

export const prefixOf = (attempt: Attempt): string | undefined =>
  attempt.instanceId === undefined ? undefined : runPrefix(attempt.request.roleId, attempt.instanceId)

export type Close = {
  state: Exclude<Attempt['state'], 'open'>
  error?: string
  cause?: string
  /** Why, beyond the state: kept on the attempt. */
  because?: string
  /** Where what the instance said on its console is to be kept. */
  consoleTo?: string
  /** Of a success: from the script's first line to its last. */
  usefulSeconds?: number
}

/** Closes an open attempt, tells its tokens and ends its machine unless that is known to be over. */
export const closeAttempt = (books: Books, attempt: Attempt, close: Close, machineOver: boolean): void => {
  const parts = [attempt.job, attempt.round, attempt.attempt] as const
  fence(books, kinds.attempt, [...parts], attempt.rev)
  put(books, kinds.attempt, [...parts], {
    ...attempt,
    rev: attempt.rev + 1,
    state: close.state,
    closedAt: books.now,
    ...(close.error === undefined ? {} : { error: close.error }),
    ...(close.because === undefined ? {} : { because: close.because }),
  })
  remove(books, kinds.open, ...parts)
  books.closed.push({ attempt, usefulSeconds: close.usefulSeconds ?? 0 })
  call(books, {
    call: 'answer-attempt',
    job: attempt.job,
    round: attempt.round,
    attempt: attempt.attempt,
    ...(close.error === undefined ? {} : { error: close.error, cause: close.cause ?? '' }),
  })
  const { consoleTo } = close
  if (attempt.instanceId !== undefined && (consoleTo !== undefined || !machineOver))
    call(books, {
      call: 'terminate',
      instanceId: attempt.instanceId,
      ...(consoleTo === undefined ? {} : { consoleTo }),
    })
}

/** An attempt by the instance that worked for it. */
export function* attemptOfInstance(
  books: Books,
  instanceId: string,
): Deciding<{ job: Job; attempt: Attempt } | undefined> {
  const instance = yield* get(books, kinds.instance, instanceId)
  if (instance?.job === undefined || instance.round === undefined || instance.attempt === undefined) return undefined
  yield* readAhead(books, [keys.job(instance.job), keys.attempt(instance.job, instance.round, instance.attempt)])
  const job = yield* get(books, kinds.job, instance.job)
  const attempt = yield* get(books, kinds.attempt, instance.job, instance.round, instance.attempt)
  return job && attempt ? { job, attempt } : undefined
}
