import { mergePolicy } from '#domain/policy/merge'
import type { Policy } from '#domain/policy/policy'
import type { PoolRow } from '#domain/policy/pool'
import { type Books, type Deciding, entries, get, isolated, put, remove } from '#domain/schedule/books'
import { bootLoop } from '#domain/schedule/boots'
import { spentOn } from '#domain/schedule/charge'
import { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { Scope, ScopeType } from '#domain/schedule/items/scope'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
import { type Readiness, readinessOf } from '#domain/schedule/readiness'
import { policyRows, poolRow } from '#domain/schedule/rows'

const empty: ScopeType = { unfinished: 0, blocking: {}, succeeded: 0, running: 0 }

export const typeOf = (scope: Scope, type: string): ScopeType =>
  (Object.hasOwn(scope.types, type) ? scope.types[type] : undefined) ?? empty

/** Changes what a scope says of one type, and marks the scope to be looked at. */
export function* changeType(
  books: Books,
  id: string,
  payerId: string,
  type: string,
  change: (now: ScopeType) => ScopeType,
): Deciding<void> {
  const scope = (yield* get(books, kinds.scope, id)) ?? { payerId, types: {} }
  put(books, kinds.scope, [id], { ...scope, types: { ...scope.types, [type]: change(typeOf(scope, type)) } })
  books.scopes.add(id)
}

/** How many failed files in a row at the head of a lane a full file behind them may replace. */
const FAILED_AHEAD = 50

/**
 * The entry of a lane that can move: the first; or, behind failed ones, a full member file, which replaces them, or any,
 * when the row does not (or no longer) say that a failure halts the lane.
 */
function* headOf(books: Books, scopeId: string, type: string, halts: boolean): Deciding<LaneEntry | undefined> {
  const pk = keys.lanePk(scopeId, type)
  const [head] = yield* entries(books, pk, '', LaneEntry, 1)
  if (head?.value.state !== 'failed') return head?.value
  const ahead = yield* entries(books, pk, '', LaneEntry, FAILED_AHEAD)
  const next = ahead.find(({ value }) => value.state !== 'failed')?.value
  if (!halts) return next
  return next?.full && next.state !== 'registered' ? next : head.value
}

export type LaneView = { head: LaneEntry; policy: Policy; pool: PoolRow | undefined; readiness: Readiness }

/** How a lane stands now, by the tables as they are now. Undefined: nothing in it. */
export function* viewLane(books: Books, scopeId: string, scope: Scope, type: string): Deciding<LaneView | undefined> {
  const policy = mergePolicy(yield* policyRows(books, scope.payerId), scope.payerId, type)
  const head = yield* headOf(books, scopeId, type, policy.ordered && policy.haltOnFailure)
  if (!head) return undefined
  const pool = yield* poolRow(books, policy.pool)
  // Of most payers this is the scope itself.
  const own = yield* get(books, kinds.scope, scope.payerId)
  const payer = { spentToday: spentOn(own, books.now), bootLoop: bootLoop(own, policy.bootFailures) }
  return { head, policy, pool, readiness: readinessOf({ head, type, scope, policy, pool, ...payer, now: books.now }) }
}

/** Makes board, pool holds and due times agree with how the lane stands: at most three items, whatever waits in the lane. */
export function* refreshLane(books: Books, scopeId: string, type: string): Deciding<void> {
  const scope = yield* get(books, kinds.scope, scopeId)
  if (!scope) return
  const state = typeOf(scope, type)
  const view = yield* viewLane(books, scopeId, scope, type)
  const readiness = view?.readiness
  const board =
    view && readiness?.ready
      ? { pool: view.policy.pool, sk: keys.boardKey(view.policy.priority, view.head.order, scopeId, type) }
      : undefined
  const heldAt = view && readiness && !readiness.ready && readiness.atPool ? view.policy.pool : undefined
  if (view && readiness && !readiness.ready && readiness.until !== undefined)
    put(books, kinds.due, [readiness.until, `${scopeId}#${type}`], {
      scope: scopeId,
      at: readiness.until,
      reason: readiness.because,
    })

  const stands = state.board?.pool === board?.pool && state.board?.sk === board?.sk
  if (!stands && state.board) remove(books, kinds.board, state.board.pool, state.board.sk)
  if (!stands && board && view)
    put(books, kinds.board, [board.pool, board.sk], { scope: scopeId, type, job: view.head.job })
  if (state.heldAt !== heldAt && state.heldAt) remove(books, kinds.heldAt, state.heldAt, scopeId, type)
  if (state.heldAt !== heldAt && heldAt)
    put(books, kinds.heldAt, [heldAt, scopeId, type], { payerId: scope.payerId, scope: scopeId, type })
  if (!stands || state.heldAt !== heldAt) {
    const { board: _board, heldAt: _heldAt, ...rest } = state
    const next = { ...rest, ...(board ? { board } : {}), ...(heldAt ? { heldAt } : {}) }
    put(books, kinds.scope, [scopeId], { ...scope, types: { ...scope.types, [type]: next } })
  }
  if (!stands && board) books.pools.add(board.pool)
}

/** A lane that cannot be evaluated leaves its board: it is held as `internal-error` until it can be. */
export function* leaveBoard(books: Books, scopeId: string, type: string): Deciding<void> {
  const scope = yield* get(books, kinds.scope, scopeId)
  if (!scope) return
  const { board, ...rest } = typeOf(scope, type)
  if (!board) return
  remove(books, kinds.board, board.pool, board.sk)
  put(books, kinds.scope, [scopeId], { ...scope, types: { ...scope.types, [type]: rest } })
}

export function* refreshOrHold(books: Books, scopeId: string, type: string): Deciding<void> {
  const done = yield* isolated(books, `lane ${laneName(scopeId, type)}`, refreshLane(books, scopeId, type))
  if (!done) yield* leaveBoard(books, scopeId, type)
}

/** All lanes of a scope: a change of one type moves the gates of others. */
export function* refreshScope(books: Books, scopeId: string): Deciding<void> {
  const scope = yield* get(books, kinds.scope, scopeId)
  for (const type of Object.keys(scope?.types ?? {})) yield* refreshOrHold(books, scopeId, type)
  for (const { board } of Object.values((yield* get(books, kinds.scope, scopeId))?.types ?? {}))
    if (board) books.pools.add(board.pool)
}
