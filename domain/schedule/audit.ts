import { type Books, call, type Deciding, entries, get, isolated, put, readAhead, remove } from '#domain/schedule/books'
import type { Holding } from '#domain/schedule/items/holding'
import { LaneRef } from '#domain/schedule/items/lane-ref'
import type { ScopeType } from '#domain/schedule/items/scope'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
import { changeType, typeOf } from '#domain/schedule/lanes'
import type { Message } from '#domain/schedule/messages'
import { stillBlocks } from '#domain/schedule/still-blocks'

/** Lanes counted in one transaction; the rest follows by a message, with a cursor. */
const LANES_STEP = 10

/**
 * A lane that nobody used for so long leaves the list of lanes; the next file of it lists it again. A payer's cycles
 * (`scope: cycle`) are lanes of their own: each look of the sweep would read those of all years, $1 a month for a thousand.
 */
const FORGOTTEN_AFTER_MS = 30 * 24 * 3_600_000

const isForgotten = (state: ScopeType, now: number): boolean =>
  state.unfinished === 0 &&
  state.running === 0 &&
  Object.keys(state.blocking).length === 0 &&
  !state.blockingMore &&
  !state.board &&
  !state.heldAt &&
  !state.owned &&
  now - (state.lastArrival ?? now) > FORGOTTEN_AFTER_MS

/**
 * The sums of pools and scopes against the jobs that they count. Exact: it is decided on one sequence number like everything
 * else, so nothing moved while it was counted. A sum that disagrees is put right, and what it kept from moving is looked at
 * again; a healthy system gives it nothing to find.
 */
export function* audit(books: Books, { after }: Extract<Message, { kind: 'audit' }>): Deciding<void> {
  if (!after) yield* isolated(books, 'sums of pools', auditPools(books))
  const lanes = yield* entries(books, keys.LANES, '', LaneRef, LANES_STEP + 1, after ?? undefined)
  for (const { value } of lanes.slice(0, LANES_STEP))
    yield* isolated(books, `lane ${laneName(value.scope, value.type)}`, auditLane(books, value))
  const last = lanes[LANES_STEP - 1]
  if (last && lanes.length > LANES_STEP)
    call(books, { call: 'send', body: JSON.stringify({ kind: 'audit', after: last.sk, seq: books.seq }) })
}

const differ = (books: Books, what: string, was: number, counted: number): boolean => {
  if (was !== counted) books.repaired.push({ what, was, counted })
  return was !== counted
}

/** What running jobs hold, all scopes together; undefined when a scope does not list them (`LISTED`, or older data). */
function* holdings(books: Books): Deciding<Holding[] | undefined> {
  const lanes = (yield* entries(books, keys.LANES, '', LaneRef)).map(({ value }) => value)
  yield* readAhead(
    books,
    lanes.map(({ scope }) => keys.scope(scope)),
  )
  const found: Holding[] = []
  for (const { scope, type } of lanes) {
    const item = yield* get(books, kinds.scope, scope)
    const state = item && typeOf(item, type)
    if (state && !state.listed && state.running > 0) return undefined
    found.push(...Object.values(state?.holds ?? {}))
  }
  return found
}

function* auditPools(books: Books): Deciding<void> {
  const held = yield* holdings(books)
  for (const { value } of held ? yield* entries(books, keys.POOLS, '', kinds.poolRef.schema) : []) {
    const { pool } = value
    const state = yield* get(books, kinds.poolState, pool)
    if (!state) continue
    const needs = (held ?? []).filter((each) => each.pool === pool).map(({ need }) => need)
    const usedVcpus = needs.reduce((sum, { vcpus }) => sum + vcpus, 0)
    const usedInstances = needs.reduce((sum, { instances }) => sum + instances, 0)
    const wrong = [
      differ(books, `pool ${pool}: usedVcpus`, state.usedVcpus, usedVcpus),
      differ(books, `pool ${pool}: usedInstances`, state.usedInstances, usedInstances),
    ].some(Boolean)
    if (!wrong) continue
    put(books, kinds.poolState, [pool], { ...state, usedVcpus, usedInstances })
    books.pools.add(pool)
  }
}

/** What the type's lists say, each job in them looked at. */
function* counted(books: Books, state: ScopeType) {
  const ids = [...Object.keys(state.holds ?? {}), ...Object.keys(state.blocking)]
  yield* readAhead(
    books,
    ids.map((id) => keys.job(id)),
  )
  const holds: NonNullable<ScopeType['holds']> = {}
  const blocking: ScopeType['blocking'] = {}
  for (const id of ids) {
    const job = yield* get(books, kinds.job, id)
    if (job?.held) holds[id] = job.held
    if (job && stillBlocks(job) && (job.status === 'failed' || job.status === 'rejected')) blocking[id] = job.status
  }
  return { holds, blocking }
}

function* auditLane(books: Books, { scope, type, payerId }: LaneRef): Deciding<void> {
  const found = yield* get(books, kinds.scope, scope)
  const state = found && typeOf(found, type)
  if (!state?.listed) return
  const unfinished = Number(yield { ask: 'count', pk: keys.unfinishedPk(scope, type) })
  const { holds, blocking } = yield* counted(books, state)
  const running = Object.keys(holds).length
  const lane = `lane ${laneName(scope, type)}`
  const wrong = [
    differ(books, `${lane}: unfinished`, state.unfinished, unfinished),
    differ(books, `${lane}: running`, state.running, running),
    differ(books, `${lane}: blocking`, Object.keys(state.blocking).length, Object.keys(blocking).length),
  ].some(Boolean)
  if (wrong) yield* changeType(books, scope, payerId, type, (now) => ({ ...now, unfinished, running, holds, blocking }))
  else if (isForgotten(state, books.now)) remove(books, kinds.laneOf, payerId, scope, type)
}
