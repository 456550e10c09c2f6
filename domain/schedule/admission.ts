import { deadlinesOf } from '#domain/launching'
import { machineFor } from '#domain/policy/machine-for'
import { type Books, call, type Deciding, entries, get, isolated, put, readAhead, remove } from '#domain/schedule/books'
import { BoardEntry } from '#domain/schedule/items/board-entry'
import type { Need } from '#domain/schedule/items/holding'
import type { Job } from '#domain/schedule/items/job'
import type { PoolState } from '#domain/schedule/items/pool-state'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
import { changeType, leaveBoard, refreshLane, refreshOrHold, typeOf, viewLane } from '#domain/schedule/lanes'
import { poolRow } from '#domain/schedule/rows'

/** So that one transaction stays below DynamoDB's 100 actions (about 8 items an admission). */
export const MAX_ADMISSIONS = 8

const nothingUsed: PoolState = { usedVcpus: 0, usedInstances: 0 }

/** Returns exactly what the job holds, once. */
export function* giveBack(books: Books, job: Job): Deciding<void> {
  if (!job.held || job.scope === undefined) return
  const { pool, need } = job.held
  yield* readAhead(books, [keys.poolState(pool), keys.scope(job.scope)])
  const state = (yield* get(books, kinds.poolState, pool)) ?? nothingUsed
  put(books, kinds.poolState, [pool], {
    ...state,
    usedVcpus: state.usedVcpus - need.vcpus,
    usedInstances: state.usedInstances - need.instances,
  })
  yield* changeType(books, job.scope, job.payerId, job.fileType, ({ holds, ...type }) => ({
    ...type,
    running: type.running - 1,
    ...(holds ? { holds: Object.fromEntries(Object.entries(holds).filter(([id]) => id !== job.job)) } : {}),
  }))
  books.pools.add(pool)
}

/** Running jobs that a scope lists (40 bytes each) before it no longer does: beyond, `audit` passes it over. */
const LISTED = 500

/** Takes what the job needs from the pool, and lists it as holding that. */
function* take(books: Books, job: Job, scope: string, pool: string, need: Need): Deciding<void> {
  const state = (yield* get(books, kinds.poolState, pool)) ?? nothingUsed
  if (!state.listed) put(books, kinds.poolRef, [pool], { pool })
  put(books, kinds.poolState, [pool], {
    ...state,
    usedVcpus: state.usedVcpus + need.vcpus,
    usedInstances: state.usedInstances + need.instances,
    listed: true,
  })
  yield* changeType(books, scope, job.payerId, job.fileType, ({ holds = {}, listed, ...type }) => ({
    ...type,
    running: type.running + 1,
    ...(listed && Object.keys(holds).length < LISTED ? { listed, holds: { ...holds, [job.job]: { pool, need } } } : {}),
  }))
}

/** The jobs whose output this one gets: the latest success of every type that its gate names. */
const ranAfter = (scope: Parameters<typeof typeOf>[0], types: string[]): Record<string, string> =>
  Object.fromEntries(
    types.flatMap((type) => {
      const { okJob } = typeOf(scope, type)
      return okJob ? [[type, okJob]] : []
    }),
  )

function* admit(books: Books, entry: BoardEntry, pool: string, need: Need): Deciding<void> {
  const scope = yield* get(books, kinds.scope, entry.scope)
  const view = scope && (yield* viewLane(books, entry.scope, scope, entry.type))
  if (view) yield* readAhead(books, [keys.job(view.head.job), keys.tokens(view.head.job)])
  const job = view && (yield* get(books, kinds.job, view.head.job))
  if (!scope || !view || !job) return
  const { head, policy } = view
  const turn = job.turn + 1
  const timeoutSeconds = deadlinesOf(machineFor(policy, job.bytes)).stateSeconds
  const after = ranAfter(
    scope,
    policy.after.map(({ type }) => type),
  )
  put(books, kinds.job, [job.job], {
    ...job,
    status: 'starting',
    turn,
    held: { pool, need },
    ranAfter: after,
    timeoutSeconds,
    startedAt: books.now,
  })
  const lane = [entry.scope, entry.type, head.order, head.job] as const
  if (policy.ordered) put(books, kinds.laneEntry, [...lane], { ...head, state: 'started' })
  else remove(books, kinds.laneEntry, ...lane)
  yield* take(books, job, entry.scope, pool, need)
  const tokens = yield* get(books, kinds.tokens, job.job)
  if (tokens?.round === job.round)
    call(books, { call: 'answer-turn', job: job.job, tokens: tokens.tokens, turn, timeoutSeconds })
  yield* refreshLane(books, entry.scope, entry.type)
}

/**
 * Admits from a pool's board, highest rank first, until it is empty or the head does not fit: strict, nobody of lower rank
 * overtakes. Every head is looked at again before it goes, for the board may be older than the tables.
 * Returns how many more this transaction may admit.
 */
export function* admitFrom(books: Books, pool: string, room: number): Deciding<number> {
  let left = room
  for (;;) {
    const [top] = yield* entries(books, `POOL#${pool}`, keys.BOARD, BoardEntry, 1)
    const state = (yield* get(books, kinds.poolState, pool)) ?? nothingUsed
    if (!top) return left
    const row = yield* poolRow(books, pool)
    // Every job takes an instance: of a full pool nobody's lane has to be read.
    if (row && (state.usedInstances >= row.maxInstances || state.usedVcpus >= row.maxVcpus)) return left
    yield* refreshOrHold(books, top.value.scope, top.value.type)
    const scope = yield* get(books, kinds.scope, top.value.scope)
    const board = scope && typeOf(scope, top.value.type).board
    if (!scope || board?.pool !== pool || board.sk !== top.sk) {
      // Not where it stood: a stale entry goes, a moved one is met again at its place.
      remove(books, kinds.board, pool, top.sk)
      continue
    }
    const view = yield* viewLane(books, top.value.scope, scope, top.value.type)
    if (!view?.readiness.ready || !row) return left
    const { need } = view.readiness
    const fits =
      state.usedVcpus + need.vcpus <= row.maxVcpus && state.usedInstances + need.instances <= row.maxInstances
    if (!fits) return left
    if (left === 0) {
      // No room in this transaction: the rest follows in one of its own, promised by an outbox call of this one.
      call(books, { call: 'send', body: JSON.stringify({ kind: 'pool-edited', pool, after: books.seq }) })
      return left
    }
    const lane = `lane ${laneName(top.value.scope, top.value.type)}`
    if (yield* isolated(books, lane, admit(books, top.value, pool, need))) left -= 1
    else yield* leaveBoard(books, top.value.scope, top.value.type)
  }
}
