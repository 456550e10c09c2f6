import { type Books, call, type Deciding, entries, get, put, remove } from '#domain/schedule/books'
import { forgetBoots } from '#domain/schedule/boots'
import { LaneRef } from '#domain/schedule/items/lane-ref'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { refreshLane } from '#domain/schedule/lanes'
import type { Message } from '#domain/schedule/messages'
import { enter } from '#domain/schedule/register'
import { keepPool, keepRow } from '#domain/schedule/rows'

type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

/** So many lanes, or held files (which write more), one transaction looks at; the rest follows by a message, with a cursor. */
const LANES_STEP = 10
const HELD_STEP = 5

/**
 * A row of `payer-priority` was edited. Held files are looked at first, in order of registration, for the row may be the
 * one that they waited for; then lanes, not files, compete anew: whatever waits, at most three items a lane change.
 */
export function* rowEdited(books: Books, message: Of<'row-edited'>): Deciding<void> {
  const { payerId, fileType, heldAfter, after } = message
  const goOn = (cursor: { heldAfter: string } | { after: string }): void =>
    call(books, {
      call: 'send',
      body: JSON.stringify({ kind: 'row-edited', payerId, fileType, ...cursor, seq: books.seq }),
    })
  const status = heldAfter || after ? undefined : yield* keepRow(books, payerId, fileType)
  if (status !== undefined) {
    put(books, kinds.rowRemark, [payerId, fileType], { status })
    call(books, { call: 'row-status', payerId, fileType, status })
  }
  const prefix = payerId === '*' ? '' : `${payerId}#`
  if (!after) {
    const held = yield* entries(
      books,
      keys.HELD_FILES,
      prefix,
      kinds.heldFile.schema,
      HELD_STEP,
      heldAfter ?? undefined,
    )
    for (const { value } of held) {
      const job = yield* get(books, kinds.job, value.job)
      if (job?.status === 'registered') yield* enter(books, job)
    }
    const last = held.at(-1)
    if (last) return goOn({ heldAfter: last.sk })
  }
  const lanes = yield* entries(books, keys.LANES, prefix, LaneRef, LANES_STEP + 1, after ?? undefined)
  for (const { value } of lanes.slice(0, LANES_STEP)) {
    // Somebody did something about it: boots are tried again.
    yield* forgetBoots(books, value.payerId)
    yield* refreshLane(books, value.scope, value.type)
  }
  const last = lanes[LANES_STEP - 1]
  if (last && lanes.length > LANES_STEP) goOn({ after: last.sk })
}

/** A row of `capacity-pools` was edited, or its board has more than one transaction could admit. */
export function* poolEdited(books: Books, message: Of<'pool-edited'>): Deciding<void> {
  const { pool, heldAfter } = message
  const status = heldAfter ? undefined : yield* keepPool(books, pool)
  if (status !== undefined) {
    put(books, kinds.poolRemark, [pool], { status })
    call(books, { call: 'pool-status', pool, status })
  }
  const held = yield* entries(books, `POOL#${pool}`, keys.HELD, LaneRef, LANES_STEP + 1, heldAfter ?? undefined)
  for (const { value } of held.slice(0, LANES_STEP)) yield* refreshLane(books, value.scope, value.type)
  const last = held[LANES_STEP - 1]
  if (last && held.length > LANES_STEP)
    call(books, {
      call: 'send',
      body: JSON.stringify({ kind: 'pool-edited', pool, heldAfter: last.sk, seq: books.seq }),
    })
  books.pools.add(pool)
}

/** A time has come that something waited for. */
export const due = (books: Books, message: Of<'due'>): void => {
  const [at, what] = message.sk.split(/#(.*)/s)
  remove(books, kinds.due, Number(at), what ?? '')
  books.scopes.add(message.scope)
}
