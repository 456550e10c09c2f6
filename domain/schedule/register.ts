import { executionName } from '#domain/execution-name'
import { isKnownPayer, isKnownType, mergePolicy } from '#domain/policy/merge'
import { routeKey } from '#domain/route'
import { type Books, call, type Deciding, get, put, remove } from '#domain/schedule/books'
import type { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import type { Reason } from '#domain/schedule/moves'
import { policyRows } from '#domain/schedule/rows'
import { takeBack } from '#domain/schedule/take-back'
import { countIn } from '#domain/schedule/unfinished'

type Landed = Extract<Message, { kind: 'landed' }>
type Deleted = Extract<Message, { kind: 'deleted' }>

/** S3 orders the events of one key by `sequencer`: compared as text, the shorter padded with zeros on the right (lessons 8). */
export const isNewer = (a: string, b: string): boolean => {
  const width = Math.max(a.length, b.length)
  return a.padEnd(width, '0') > b.padEnd(width, '0')
}

const unrouted = { payerId: '-', fileType: '-' }

const newJob = (books: Books, message: Landed): Job => {
  const route = routeKey(message.key)
  return {
    job: message.job,
    bucket: message.bucket,
    key: message.key,
    version: message.version,
    bytes: message.bytes,
    fileName: message.key.split('/').at(-1) ?? message.key,
    ...(route ?? unrouted),
    order: keys.orderOf(books.seq, books.registered++),
    status: 'registered',
    round: 1,
    turn: 0,
    registeredAt: books.now,
  }
}

/** How a file ends by what S3 says of its key. */
const ends = {
  deleted: {
    status: 'withdrawn',
    because: 'deleted-by-owner',
    sentence: 'its object was deleted from the landing bucket',
  },
  replaced: {
    status: 'superseded',
    because: 'newer-version',
    sentence: 'a newer version of its key has taken its place',
  },
} as const

/** Why a file is held without an execution; it moves by itself when a row appears. */
function* holdOf(books: Books, job: Job): Deciding<{ because: Reason; sentence: string } | undefined> {
  if (job.payerId === '-')
    return {
      because: 'unroutable-key',
      sentence: 'the key names no payer and type; drop files as <payer>/<type>/[<cycle>/]<file> and delete this one',
    }
  const rows = yield* policyRows(books, job.payerId)
  if (!isKnownPayer(rows, job.payerId))
    return {
      because: 'unknown-payer',
      sentence: `no row in payer-priority names payer ${job.payerId}; add one and the file moves`,
    }
  if (!isKnownType(rows, job.payerId, job.fileType))
    return {
      because: 'unknown-type',
      sentence: `no row in payer-priority names file type ${job.fileType}; add one and the file moves`,
    }
  return undefined
}

/** Gives a registered job its place, or holds it. Scope and type are frozen here. */
export function* enter(books: Books, job: Job): Deciding<void> {
  const hold = yield* holdOf(books, job)
  if (hold) {
    put(books, kinds.job, [job.job], { ...job, ...hold })
    put(books, kinds.heldFile, [job.payerId, job.order, job.job], { job: job.job })
    return
  }
  if (job.because !== undefined) remove(books, kinds.heldFile, job.payerId, job.order, job.job)
  const policy = mergePolicy(yield* policyRows(books, job.payerId), job.payerId, job.fileType)
  const scope = policy.scope === 'cycle' && job.cycle ? `${job.payerId}#${job.cycle}` : job.payerId
  const execution = executionName(job)
  const { because: _because, sentence: _sentence, ...rest } = job
  put(books, kinds.job, [job.job], { ...rest, scope, execution, status: 'validating' })
  if (policy.ordered)
    put(books, kinds.laneEntry, [scope, job.fileType, job.order, job.job], {
      job: job.job,
      order: job.order,
      state: 'registered',
      ...(job.owned ? { owned: job.owned } : {}),
      registeredAt: job.registeredAt,
      bytes: job.bytes,
    })
  yield* countIn(books, job, scope, { lastArrival: books.now })
  call(books, { call: 'start-execution', job: job.job, round: job.round, name: execution })
}

/** A file landed: registered once per version; a newer version supersedes the one before it. */
export function* landed(books: Books, message: Landed): Deciding<void> {
  const known = yield* get(books, kinds.job, message.job)
  if (known) {
    if (known.scope !== undefined) books.scopes.add(known.scope)
    return
  }
  const job = newJob(books, message)
  const before = yield* get(books, kinds.keyState, message.bucket, message.key)
  if (before && !message.newest && isNewer(before.sequencer, message.sequencer)) {
    const end = before.deleted ? ends.deleted : ends.replaced
    put(books, kinds.job, [job.job], { ...job, ...end, endedAt: books.now })
    return
  }
  put(books, kinds.keyState, [message.bucket, message.key], {
    sequencer: message.newest ? (before?.sequencer ?? '') : message.sequencer,
    job: job.job,
    deleted: false,
  })
  const predecessor = before?.job === undefined ? undefined : yield* get(books, kinds.job, before.job)
  if (predecessor) yield* takeBack(books, predecessor, ends.replaced)
  yield* enter(books, job)
}

/** The owner deleted the key: what stands for it is withdrawn, and a version that comes late will be too. */
export function* deleted(books: Books, message: Deleted): Deciding<void> {
  const before = yield* get(books, kinds.keyState, message.bucket, message.key)
  if (before && !isNewer(message.sequencer, before.sequencer)) return
  put(books, kinds.keyState, [message.bucket, message.key], { sequencer: message.sequencer, deleted: true })
  const job = before?.job === undefined ? undefined : yield* get(books, kinds.job, before.job)
  if (job) yield* takeBack(books, job, ends.deleted)
}
