import { executionName } from '#domain/execution-name'
import { mergePolicy } from '#domain/policy/merge'
import { type Books, call, type Deciding, get, put, remove } from '#domain/schedule/books'
import { forgetBoots } from '#domain/schedule/boots'
import type { Act } from '#domain/schedule/items/act'
import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
import { changeType, typeOf } from '#domain/schedule/lanes'
import type { Message } from '#domain/schedule/messages'
import { clearBlocking, setLaneState } from '#domain/schedule/rounds'
import { policyRows } from '#domain/schedule/rows'
import { takeBack } from '#domain/schedule/take-back'
import { countIn } from '#domain/schedule/unfinished'

type Request = Extract<Message, { kind: 'request' }>
type Answer = { done: boolean; because: string }

const note = (acts: readonly Act[] | undefined, { action, who, why }: Request, at: number, kept: number): Act[] =>
  [...(acts ?? []), { action, who, why, at }].slice(-kept)

const done = (because: string): Answer => ({ done: true, because })
const refused = (because: string): Answer => ({ done: false, because })

/** How long an answer is kept for its asker, seconds. */
const KEPT_SECONDS = 7 * 24 * 3600
/** Acts kept on a job, and on a lane; older ones are in the journal, where it is on. */
const HISTORY = 50
const LANE_HISTORY = 20

const endedBadly = (job: Job): boolean => job.status === 'failed' || job.status === 'rejected'
const atWork = (job: Job): boolean => job.status === 'starting' || job.status === 'running'

/** A new round in the old place of the lane; what the one before found is in its report. */
function* retry(books: Books, job: Job): Deciding<Answer> {
  if (!endedBadly(job)) return refused(`only a failed or rejected file can be retried; this one is ${job.status}`)
  if (job.scope === undefined) return refused('it never had a place in a lane')
  const round = job.round + 1
  const execution = executionName({ ...job, round })
  const {
    because: _because,
    sentence: _sentence,
    findings: _findings,
    endedAt: _endedAt,
    startedAt: _startedAt,
    runningAt: _runningAt,
    ...rest
  } = job
  yield* clearBlocking(books, job)
  put(books, kinds.job, [job.job], { ...rest, blocks: false, round, execution, status: 'validating' })
  const ordered = yield* isOrdered(books, job)
  if (ordered) yield* setLaneState(books, job, 'registered')
  yield* countIn(books, job, job.scope)
  call(books, { call: 'start-execution', job: job.job, round, name: execution })
  return done(`round ${round} was started`)
}

function* isOrdered(books: Books, job: Job): Deciding<boolean> {
  return mergePolicy(yield* policyRows(books, job.payerId), job.payerId, job.fileType).ordered
}

/** The file no longer blocks; it does not count as a success. */
function* excuse(books: Books, job: Job): Deciding<Answer> {
  if (!endedBadly(job)) return refused(`only a failed or rejected file can be excused; this one is ${job.status}`)
  yield* clearBlocking(books, job)
  return done('it no longer blocks')
}

type Owner = Pick<Act, 'who' | 'why'>

function* hold(books: Books, job: Job, owned: Owner): Deciding<Answer> {
  if (isOver(job.status)) return refused(`it is ${job.status}`)
  if (atWork(job)) return refused(`it is ${job.status}; use stop`)
  yield* setOwned(books, job, owned)
  return done('held; resume lets it go')
}

function* resume(books: Books, job: Job): Deciding<Answer> {
  if (!job.owned) return refused('it is not held by its owner')
  yield* setOwned(books, job, undefined)
  return done('resumed')
}

/**
 * An ordered lane keeps the entry, which then blocks those behind it; an unordered one lets the others pass, so the entry
 * leaves until it is resumed.
 */
function* setOwned(books: Books, job: Job, owned: Owner | undefined): Deciding<void> {
  const { owned: _owned, ...rest } = job
  put(books, kinds.job, [job.job], owned ? { ...rest, owned } : rest)
  if (job.scope === undefined) return
  books.scopes.add(job.scope)
  const parts = [job.scope, job.fileType, job.order, job.job] as const
  const ordered = yield* isOrdered(books, job)
  const entry = yield* get(books, kinds.laneEntry, ...parts)
  if (!ordered) {
    if (owned) remove(books, kinds.laneEntry, ...parts)
    else if (job.status === 'waiting') yield* setLaneState(books, rest, 'parked')
    return
  }
  if (!entry) return
  const { owned: _was, ...free } = entry
  put(books, kinds.laneEntry, [...parts], owned ? { ...free, owned } : free)
}

function* withdraw(books: Books, job: Job, { who, why }: Owner): Deciding<Answer> {
  if (isOver(job.status) && !endedBadly(job)) return refused(`it is ${job.status}, which is final`)
  const sentence = `withdrawn by ${who}: ${why}`
  yield* takeBack(books, job, { status: 'withdrawn', because: 'withdrawn-by-owner', sentence })
  return done(atWork(job) ? 'its instance is being stopped, then it is withdrawn' : 'withdrawn')
}

function* stop(books: Books, job: Job, { who, why }: Owner): Deciding<Answer> {
  if (!atWork(job)) return refused(`only a file at work can be stopped; this one is ${job.status}`)
  // Withdrawn or superseded is how it will end; failed would keep gates closed for a file that is gone.
  if (job.stop) return refused(`it is being stopped already: ${job.stop.because}`)
  const sentence = `stopped by ${who}: ${why}`
  yield* takeBack(books, job, { status: 'failed', because: 'stopped-by-owner', sentence })
  return done('its instance is being stopped; retry starts a new round')
}

function* onJob(books: Books, request: Request, job: Job): Deciding<Answer> {
  const owner = { who: request.who, why: request.why }
  switch (request.action) {
    case 'retry':
      return yield* retry(books, job)
    case 'excuse':
      return yield* excuse(books, job)
    case 'hold':
      return yield* hold(books, job, owner)
    case 'resume':
      return yield* resume(books, job)
    case 'withdraw':
      return yield* withdraw(books, job, owner)
    case 'stop':
      return yield* stop(books, job, owner)
    case 'waive':
      return refused('waive takes a lane, not a file')
  }
}

function* onLane(books: Books, request: Request, lane: { scope: string; type: string }): Deciding<Answer> {
  const scope = yield* get(books, kinds.scope, lane.scope)
  // Names that every JavaScript object answers to are names like any other.
  if (!scope || !Object.hasOwn(scope.types, lane.type))
    return refused(
      `no lane ${laneName(lane.scope, lane.type)}; lanes are <payer>/<type>, or <payer>/<cycle>/<type> where gates count by cycle`,
    )
  const { action, who, why } = request
  const change = (made: Partial<ReturnType<typeof typeOf>>) =>
    changeType(books, lane.scope, scope.payerId, lane.type, ({ owned: _owned, ...type }) => ({
      ...type,
      ...made,
      acts: note(type.acts, request, books.now, LANE_HISTORY),
    }))
  const held = typeOf(scope, lane.type).owned
  if (action === 'waive') {
    yield* change({ waivedBefore: keys.orderOf(books.seq, books.registered), ...(held ? { owned: held } : {}) })
    return done('what stands in the lane now ignores its gate')
  }
  if (action === 'hold') {
    yield* change({ owned: { who, why } })
    return done('the lane is held; resume lets it go')
  }
  if (action === 'resume') {
    const looped = yield* forgetBoots(books, scope.payerId)
    if (!held && !looped) return refused('the lane is not held by its owner')
    yield* change({})
    return done(looped ? 'the lane is resumed; boots of the payer count anew' : 'the lane is resumed')
  }
  return refused(`${action} takes a file, not a lane`)
}

/** An owner's request: applied once by its id, answered in any case, kept in the history of its job or lane. */
export function* requested(books: Books, request: Request): Deciding<void> {
  if (yield* get(books, kinds.request, request.id)) return
  const { job: id, lane } = request
  const job = id ? yield* get(books, kinds.job, id) : undefined
  let answer: Answer
  if (id) answer = job ? yield* onJob(books, request, job) : refused(`no job ${id}`)
  else answer = lane ? yield* onLane(books, request, lane) : refused('a request names a job or a lane')
  const after = answer.done && id ? yield* get(books, kinds.job, id) : undefined
  if (after) put(books, kinds.job, [after.job], { ...after, history: note(after.history, request, books.now, HISTORY) })
  const expiresAt = Math.floor(books.now / 1000) + KEPT_SECONDS
  const asked = { action: request.action, job: request.job, lane: request.lane }
  put(books, kinds.request, [request.id], { ...answer, asked, at: books.now, expiresAt })
}
