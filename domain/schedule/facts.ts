import * as z from 'zod'
import { giveBack } from '#domain/schedule/admission'
import { attemptOfInstance, closeAttempt, fenceNext, lastAttempt, prefixOf, resultOf } from '#domain/schedule/attempts'
import { type Books, call, type Deciding, fence, get, put } from '#domain/schedule/books'
import { closeDead, noteSpotWarning } from '#domain/schedule/deaths'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as kinds from '#domain/schedule/kinds'
import { type Message, UnsoundCause } from '#domain/schedule/messages'
import { applyResult, successInStore } from '#domain/schedule/results'
import { endRound, setLaneState } from '#domain/schedule/rounds'

type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

/** The pause before EC2 is asked again when it refused every candidate, seconds: doubled a turn, capped, so the gap never grows to hours. */
const pauseSeconds = (turn: number): number => Math.min(15 * 2 ** Math.max(0, turn - 1), 300)

/** How long the end of an unknown instance is remembered, seconds: EC2 shows a terminated one for about an hour. */
const ENDED_SECONDS = 2 * 3600

/** Validated and waiting, token in hand. */
export function* parked(books: Books, message: Of<'parked'>): Deciding<void> {
  const job = yield* get(books, kinds.job, message.job)
  if (!job) return
  if (job.scope !== undefined) books.scopes.add(job.scope)
  if (isOver(job.status) || message.round !== job.round) {
    call(books, {
      call: 'fail-tokens',
      tokens: [message.token],
      error: 'RoundIsOver',
      cause: `round ${message.round} of ${job.job} is over`,
    })
    return
  }
  const before = yield* get(books, kinds.tokens, job.job)
  const tokens = before?.round === job.round ? before.tokens.filter((token) => token !== message.token) : []
  put(books, kinds.tokens, [job.job], { round: job.round, tokens: [...tokens, message.token].slice(-50) })
  const atWork = job.status === 'starting' || job.status === 'running'
  if (atWork) {
    const givesBack = message.refusedTurn === job.turn
    const last = givesBack ? yield* lastAttempt(books, job) : undefined
    // A belated invocation may have opened the next attempt of this turn: then the turn goes on, and this token is told.
    if (givesBack && last?.state !== 'open') return yield* refused(books, job, last)
    call(books, {
      call: 'answer-turn',
      job: job.job,
      tokens: [message.token],
      turn: job.turn,
      timeoutSeconds: job.timeoutSeconds ?? 3600,
    })
    return
  }
  if (job.status !== 'validating') return
  const found = message.validation
  put(books, kinds.job, [job.job], {
    ...job,
    status: 'waiting',
    waitingAt: books.now,
    ...(found
      ? { full: found.full, counts: found.counts, report: found.report, unvalidated: found.on === 'instance' }
      : {}),
  })
  if (!job.owned || (yield* hasEntry(books, job))) yield* setLaneState(books, { ...job, full: found?.full }, 'parked')
}

/** A file that its owner holds stays out of an unordered lane; in an ordered one it keeps its place. */
function* hasEntry(books: Books, job: Job): Deciding<boolean> {
  return (
    job.scope !== undefined &&
    (yield* get(books, kinds.laneEntry, job.scope, job.fileType, job.order, job.job)) !== undefined
  )
}

/** EC2 refused every candidate: the turn is given back, with its place in the lane and a pause; or the owner's stop ends it here. */
function* refused(books: Books, job: Job, last: Attempt | undefined): Deciding<void> {
  fenceNext(books, job, last)
  if (job.stop) {
    const tokens = (yield* get(books, kinds.tokens, job.job))?.tokens ?? []
    call(books, { call: 'fail-tokens', tokens, error: 'JobStopped', cause: job.stop.because })
    return yield* endRound(books, job, job.stop)
  }
  yield* giveBack(books, job)
  const { held: _held, startedAt: _startedAt, ...rest } = job
  put(books, kinds.job, [job.job], { ...rest, status: 'waiting' })
  yield* setLaneState(books, job, 'parked', books.now + pauseSeconds(job.turn) * 1000)
}

/**
 * What ends an attempt. The last four are the sweep's words: EC2 does not know the machine (it may lag, so the machine is
 * terminated all the same), or calls it alive, and its processor does nothing more, or it says nothing more, or never did.
 */
const deaths = ['terminated', 'stopped', 'missing', 'hung', 'silent', 'boot-timeout']

/** EC2 says what became of an instance. Death is looked up, not believed. */
export function* instanceChanged(books: Books, message: Of<'instance'>): Deciding<void> {
  const { instanceId, state } = message
  const found = yield* attemptOfInstance(books, instanceId)
  if (state === 'running') {
    if (found?.attempt.state === 'open' && found.job.status === 'starting')
      put(books, kinds.job, [found.job.job], {
        ...found.job,
        status: 'running',
        runningAt: books.now,
        instanceId,
        attempts: found.attempt.attempt,
      })
    return
  }
  if (!deaths.includes(state)) return
  if (!found) {
    if (yield* get(books, kinds.instance, instanceId)) return
    const expiresAt = Math.floor(books.now / 1000) + ENDED_SECONDS
    // `launch` may be recording it at this moment: its record must not be overwritten.
    fence(books, kinds.instance, [instanceId], undefined)
    put(books, kinds.instance, [instanceId], { instanceId, ended: state, expiresAt })
    return
  }
  if (found.attempt.state !== 'open') return
  const prefix = prefixOf(found.attempt)
  const written = prefix === undefined ? undefined : yield* resultOf(books, prefix)
  if (written && prefix !== undefined) return yield* applyResult(books, found.job, found.attempt, prefix, written)
  if (!(yield* closeDead(books, found.job, found.attempt, instanceId, state))) return
  if (!isOver(found.job.status) && found.job.round === found.attempt.round)
    put(books, kinds.job, [found.job.job], { ...found.job, status: 'starting', attempts: found.attempt.attempt })
}

/** Two minutes' notice of EC2: the machine knows it too, and works on; what comes of it is seen at its end. */
export function* spotWarned(books: Books, { instanceId }: Of<'spot-warning'>): Deciding<void> {
  const found = yield* attemptOfInstance(books, instanceId)
  if (found) noteSpotWarning(books, found.attempt)
}

const Thrown = z.object({ errorMessage: z.string() })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a function threw comes wrapped, with its stack trace; other causes are text as they stand. */
const messageOf = (cause: string | null | undefined): string =>
  Thrown.safeParse(parsed(cause ?? '')).data?.errorMessage ?? cause ?? ''

const unsound = (cause: string | null | undefined): z.infer<typeof UnsoundCause> | undefined =>
  UnsoundCause.safeParse(parsed(messageOf(cause))).data

/** The round is over, by the state machine's word or its execution's end. A success, or a result in S3, wins over any other word. */
export function* over(books: Books, message: Of<'over'> | Of<'execution-ended'>): Deciding<void> {
  const job = yield* get(books, kinds.job, message.job)
  if (!job || isOver(job.status) || job.round !== message.round) return
  const attempt = yield* lastAttempt(books, job)
  if (attempt?.state === 'open') {
    if (yield* successInStore(books, job, attempt)) return
    closeAttempt(books, attempt, { state: 'stopped', error: 'RoundIsOver', cause: message.error ?? 'over' }, false)
  }
  fenceNext(books, job, attempt)
  const stoppedByHand = message.kind === 'execution-ended' && message.status === 'ABORTED' && !message.error
  const error = message.error ?? (message.kind === 'execution-ended' ? message.status : 'NoResult')
  if (job.stop) return yield* endRound(books, job, job.stop)
  if (error === 'UnsoundFile') {
    const found = unsound(message.cause)
    const [first] = found?.findings ?? []
    return yield* endRound(
      books,
      { ...job, ...(found ? { report: found.report, findings: found.findings } : {}) },
      { status: 'rejected', because: first?.code ?? 'unsound', sentence: first?.message ?? 'the file is unsound' },
    )
  }
  const failed = stoppedByHand
    ? { because: 'stopped-by-hand', sentence: 'its execution was stopped by hand; retry starts a new round' }
    : { because: error, sentence: messageOf(message.cause).slice(0, 500) || 'its execution gave no cause' }
  yield* endRound(books, { ...job, ...(attempt ? { attempts: attempt.attempt } : {}) }, { status: 'failed', ...failed })
}
