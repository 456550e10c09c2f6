import * as z from 'zod'
import { isLateRefusal, isSpotLoss } from '#domain/launch-errors'
import { refusedAt } from '#domain/refusals'
import { type Close, closeAttempt, prefixOf } from '#domain/schedule/attempts'
import { type Books, type Deciding, fence, once, put } from '#domain/schedule/books'
import { bootFailed, consoleKey, forgetBoots } from '#domain/schedule/boots'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'
import * as kinds from '#domain/schedule/kinds'

/** EC2's words for a machine that is over, and the sweep's for one that EC2 does not know. */
const over = ['terminated', 'stopped', 'missing']

/** Did its script ever begin? S3 knows, for the script's first act is to write its progress there. */
function* gaveSignOfLife(books: Books, attempt: Attempt): Deciding<boolean> {
  const prefix = prefixOf(attempt)
  if (prefix === undefined) return false
  return yield* once(books, { ask: 'result', key: `${prefix}progress.json` }, (answer) => answer !== undefined)
}

const Reason = z.object({ stateReason: z.string().optional() })

/** EC2's own reason, which its events leave out. */
function* stateReasonOf(books: Books, instanceId: string): Deciding<string | undefined> {
  return yield* once(
    books,
    { ask: 'machine', instanceId },
    (answer) => Reason.optional().parse(answer ?? undefined)?.stateReason,
  )
}

type Verdict = { because: string; refused?: true; bootFailed?: true }

/** What ended a machine that left no result; undefined: it has not ended, it has given a sign of life after all. */
function* verdictOf(books: Books, attempt: Attempt, instanceId: string, state: string): Deciding<Verdict | undefined> {
  const lived = yield* gaveSignOfLife(books, attempt)
  const neverBooted = state === 'boot-timeout'
  if (neverBooted && lived) return undefined
  // Who gave no sign of life may as well have died, unheard.
  if (!neverBooted && !over.includes(state)) return { because: state }
  if (attempt.spotNoticeAt !== undefined) return { because: 'spot-interruption' }
  const spot = attempt.request.candidates[attempt.candidate]?.market === 'spot'
  if (lived && !spot) return { because: state }
  const reason = yield* stateReasonOf(books, instanceId)
  if (isSpotLoss(reason)) return { because: 'spot-interruption' }
  if (lived) return { because: reason ?? state }
  if (isLateRefusal(reason)) return { because: reason ?? state, refused: true }
  // Ended by hand while it booted: nobody's machine failed to.
  if (reason === 'Client.UserInitiatedShutdown') return { because: reason }
  return { because: neverBooted ? state : 'died-booting', bootFailed: true }
}

/**
 * Closes an attempt whose machine is over, or of no use, and left no result. A machine that EC2 took back before it ran, for
 * want of capacity, was refused late: that uses up no attempt, and is remembered. Returns whether it was closed.
 */
export function* closeDead(
  books: Books,
  job: Job,
  attempt: Attempt,
  instanceId: string,
  state: string,
): Deciding<boolean> {
  const verdict = yield* verdictOf(books, attempt, instanceId, state)
  if (!verdict) return false
  const { because } = verdict
  const close: Close = {
    ...{ state: verdict.refused ? 'refused' : 'lost', error: 'InstanceLost', because },
    cause: `${instanceId} is ${state} (${because}) and left no result`,
    ...(verdict.bootFailed ? { consoleTo: consoleKey(job.payerId, instanceId) } : {}),
  }
  closeAttempt(books, attempt, close, state === 'terminated')
  const candidate = attempt.request.candidates[attempt.candidate]
  if (verdict.refused && candidate) put(books, kinds.refusal, [candidate], refusedAt(candidate, because, books.now))
  if (verdict.bootFailed) yield* bootFailed(books, job.payerId, instanceId)
  else if (!verdict.refused && because !== 'spot-interruption') yield* forgetBoots(books, job.payerId)
  return true
}

/** EC2 will take the machine back: if it leaves no result, that was why. */
export const noteSpotWarning = (books: Books, attempt: Attempt): void => {
  if (attempt.state !== 'open' || attempt.spotNoticeAt !== undefined) return
  const parts = [attempt.job, attempt.round, attempt.attempt] as const
  fence(books, kinds.attempt, [...parts], attempt.rev)
  put(books, kinds.attempt, [...parts], { ...attempt, rev: attempt.rev + 1, spotNoticeAt: books.now })
}
