import { admitFrom, MAX_ADMISSIONS } from '#domain/schedule/admission'
import { audit } from '#domain/schedule/audit'
import {
  type Books,
  changesOf,
  copyOf,
  type Deciding,
  type Fence,
  get,
  isolated,
  openBooks,
  readAhead,
} from '#domain/schedule/books'
import type { Call } from '#domain/schedule/calls'
import { chargeClosed } from '#domain/schedule/charge'
import { due, poolEdited, rowEdited } from '#domain/schedule/edits'
import { instanceChanged, over, parked, spotWarned } from '#domain/schedule/facts'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { refreshScope } from '#domain/schedule/lanes'
import type { Message } from '#domain/schedule/messages'
import { deleted, landed } from '#domain/schedule/register'
import { requested } from '#domain/schedule/requests'
import { result } from '#domain/schedule/results'

/** One transaction: the sequence number that it was decided on, what to write, on which fences, and what to do after it. */
export type Decision = {
  seq: number
  writes: { key: keys.Key; value: unknown }[]
  fences: Fence[]
  calls: { key: keys.Key; what: Call }[]
  /** Messages that could not be applied, with their reason: recorded and acknowledged, never retried for ever. */
  quarantined: { message: Message; reason: string }[]
  /** Lanes and pools that could not be evaluated. */
  troubled: Books['troubled']
  /** Sums that were put right: a healthy system has none. */
  repaired: Books['repaired']
}

function* apply(books: Books, message: Message): Deciding<void> {
  switch (message.kind) {
    case 'landed':
      return yield* landed(books, message)
    case 'deleted':
      return yield* deleted(books, message)
    case 'parked':
      return yield* parked(books, message)
    case 'over':
    case 'execution-ended':
      return yield* over(books, message)
    case 'result':
      return yield* result(books, message)
    case 'instance':
      return yield* instanceChanged(books, message)
    case 'spot-warning':
      return yield* spotWarned(books, message)
    case 'row-edited':
      return yield* rowEdited(books, message)
    case 'pool-edited':
      return yield* poolEdited(books, message)
    case 'due':
      return due(books, message)
    case 'request':
      return yield* requested(books, message)
    case 'tick':
      return
    case 'audit':
      return yield* audit(books, message)
  }
}

/** Keys that a batch will surely touch, fetched in one request. */
const ahead = (messages: readonly Message[]): keys.Key[] =>
  messages.flatMap((message) => [
    ...('job' in message && message.job ? [keys.job(message.job)] : []),
    ...(message.kind === 'landed' || message.kind === 'deleted' ? [keys.keyState(message.bucket, message.key)] : []),
    ...(message.kind === 'parked' ? [keys.tokens(message.job)] : []),
    ...(message.kind === 'instance' ? [keys.instance(message.instanceId)] : []),
  ])

/**
 * The scheduler: `(state, messages) → (state', calls)`. Pure: it yields what it wants to know and never waits.
 * Every message is applied by meaning, so a duplicate or a late one changes nothing; scopes and pools that were touched
 * are looked at in any case, for a crash may have eaten an admission.
 */
export function* decide(messages: readonly Message[], now: number): Deciding<Decision> {
  let books = openBooks(now, 0)
  yield* readAhead(books, [keys.shard(), ...ahead(messages)])
  books.seq = (yield* get(books, kinds.shard))?.seq ?? 0
  const quarantined: Decision['quarantined'] = []
  for (const message of messages) {
    const before = copyOf(books)
    try {
      yield* apply(books, message)
    } catch (error) {
      books = before
      quarantined.push({ message, reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    }
  }
  yield* chargeClosed(books)
  yield* settle(books)
  const writes = changesOf(books)
  const calls = books.calls.map((what, n) => ({ key: keys.call(books.seq + 1, n), what }))
  return {
    seq: books.seq,
    writes,
    fences: [...books.fences.values()],
    calls,
    quarantined,
    troubled: books.troubled,
    repaired: books.repaired,
  }
}

/** Lanes of touched scopes agree with their boards, then touched pools admit; an admission touches scopes again. */
function* settle(books: Books): Deciding<void> {
  let room = MAX_ADMISSIONS
  while (books.scopes.size > 0 || books.pools.size > 0) {
    for (const scope of [...books.scopes]) {
      books.scopes.delete(scope)
      yield* isolated(books, `scope ${scope}`, refreshScope(books, scope))
    }
    for (const pool of [...books.pools]) {
      books.pools.delete(pool)
      yield* isolated(
        books,
        `pool ${pool}`,
        (function* (): Deciding<void> {
          room = yield* admitFrom(books, pool, room)
        })(),
      )
    }
  }
}
