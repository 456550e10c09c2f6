import { z } from 'zod'
import { type Books, call, type Deciding, entries, get, remove } from '#domain/schedule/books'
import { LaneRef } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import { refreshLane } from '#domain/schedule/lanes'
import type { Message } from '#domain/schedule/messages'
import { enter } from '#domain/schedule/register'
import { keepPool, keepRow } from '#domain/schedule/rows'

type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

/** Lanes or held files that one transaction looks at; the rest follows by a message, with a cursor. */
const STEP = 10

/**
 * A row of `payer-priority` was edited. Lanes compete, not files: whatever waits, at most three items a lane change.
 * Held files are looked at again, for the row may be the one that they waited for.
 */
export function* rowEdited(books: Books, message: Of<'row-edited'>): Deciding<void> {
  const { payerId, fileType } = message
  const status = message.after ? undefined : yield* keepRow(books, payerId, fileType)
  if (status !== undefined) call(books, { call: 'row-status', payerId, fileType, status })
  const prefix = payerId === '*' ? '' : `${payerId}#`
  const after = message.after ?? ''
  const held = yield* entries(books, keys.HELD_FILES, prefix, z.object({ job: z.string() }), STEP)
  for (const { value } of held) {
    const job = yield* get(books, keys.job, value.job)
    if (job?.status === 'registered') yield* enter(books, job)
  }
  const lanes = (yield* entries(books, keys.LANES, prefix, LaneRef)).filter(({ sk }) => sk > after)
  for (const { value } of lanes.slice(0, STEP)) yield* refreshLane(books, value.scope, value.type)
  const last = lanes.slice(0, STEP).at(-1)
  const moved = held.length === STEP && payerId !== '*'
  if (last && (lanes.length > STEP || moved))
    call(books, {
      call: 'send',
      body: JSON.stringify({ kind: 'row-edited', payerId, fileType, after: last.sk, seq: books.seq }),
    })
}

/** A row of `capacity-pools` was edited, or its board has more than one transaction could admit. */
export function* poolEdited(books: Books, message: Of<'pool-edited'>): Deciding<void> {
  const status = yield* keepPool(books, message.pool)
  if (status !== undefined) call(books, { call: 'pool-status', pool: message.pool, status })
  for (const { value } of yield* entries(books, `POOL#${message.pool}`, keys.HELD, LaneRef))
    yield* refreshLane(books, value.scope, value.type)
  books.pools.add(message.pool)
}

/** A time has come that something waited for. */
export const due = (books: Books, message: Of<'due'>): void => {
  const [at, what] = message.sk.split(/#(.*)/s)
  remove(books, keys.due, Number(at), what ?? '')
  books.scopes.add(message.scope)
}
