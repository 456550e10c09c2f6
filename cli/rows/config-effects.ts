import { z } from 'zod'
import type { OpenStack } from '#cli/aws/open-stack'
import { isKnownPayer, isKnownType } from '#domain/policy/merge'
import type { PolicyTables } from '#domain/ports/policy-tables'
import { type Deciding, entries, get, openBooks } from '#domain/schedule/books'
import { LaneEntry } from '#domain/schedule/items/lane-entry'
import { LaneRef } from '#domain/schedule/items/lane-ref'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
import { viewLane } from '#domain/schedule/lanes'
import { policyRows } from '#domain/schedule/rows'
import { think } from '#functions/think'

/** How a lane stands: why it waits, and its place among the ready ones of its pool. */
type Standing = { readonly because: string; readonly pool: string; readonly priority: number; readonly place?: number }

/** A lane with waiting files that an edit moves. */
export type Moved = {
  readonly lane: string
  readonly waiting: number
  readonly before: Standing
  readonly after: Standing
}

export type Effects = {
  readonly moved: readonly Moved[]
  /** Files held for want of a row, by payer and type, that would have one. */
  readonly letIn: readonly { readonly payerId: string; readonly fileType: string; readonly files: number }[]
  /** Lanes with waiting files that were looked at, and whether there are more. */
  readonly looked: number
  readonly more: boolean
}

/** So many lanes, files of a lane and held files are looked at: about two requests a lane. */
const LANES = 500
const FILES = 1000

/**
 * What edited rows would move among the files that wait, by the scheduler's own rules over the live state: every lane is
 * viewed with the tables as they are and with `edited` in their place. Nothing is changed.
 */
export const effectsOf = async (
  { sources }: Pick<OpenStack, 'sources'>,
  edited: Pick<PolicyTables, 'rows' | 'pool'>,
  now: number,
): Promise<Effects> => {
  const before = await think(standings(now), sources)
  const after = await think(standings(now), { ...sources, tables: { ...sources.tables, ...edited } })
  const moved = [...before.lanes].flatMap(([lane, { waiting, standing }]): Moved[] => {
    const then = after.lanes.get(lane)
    if (!then || JSON.stringify(then.standing) === JSON.stringify(standing)) return []
    return [{ lane, waiting, before: standing, after: then.standing }]
  })
  const letIn = after.held.filter(({ known, payerId, fileType }) => known && !isIn(before.held, payerId, fileType))
  return {
    moved,
    letIn: letIn.map(({ payerId, fileType, files }) => ({ payerId, fileType, files })),
    looked: before.lanes.size,
    more: before.more,
  }
}

type Held = { readonly payerId: string; readonly fileType: string; readonly files: number; readonly known: boolean }
const isIn = (held: readonly Held[], payerId: string, fileType: string): boolean =>
  held.some((each) => each.known && each.payerId === payerId && each.fileType === fileType)

function* standings(now: number) {
  const books = openBooks(now, 0)
  const refs = yield* entries(books, keys.LANES, '', LaneRef, LANES + 1)
  const ready: { id: string; pool: string; rank: string }[] = []
  const lanes = new Map<string, { waiting: number; standing: Standing }>()
  for (const { value } of refs.slice(0, LANES)) {
    const id = laneName(value.scope, value.type)
    const lane = yield* entries(books, keys.lanePk(value.scope, value.type), '', LaneEntry, FILES)
    const waiting = lane.filter((entry) => entry.value.state !== 'started' && entry.value.state !== 'failed').length
    const scope = yield* get(books, kinds.scope, value.scope)
    const view = scope && (yield* viewLane(books, value.scope, scope, value.type))
    if (!view || waiting === 0) continue
    const { policy, readiness, head } = view
    const { pool, priority } = policy
    lanes.set(id, {
      waiting,
      standing: { because: readiness.ready ? 'ready' : readiness.because, pool, priority },
    })
    if (readiness.ready) ready.push({ id, pool, rank: keys.boardKey(priority, head.order, value.scope, value.type) })
  }
  for (const { id, pool, rank } of ready) {
    const place = ready.filter((other) => other.pool === pool && other.rank <= rank).length
    const lane = lanes.get(id)
    if (lane) lanes.set(id, { ...lane, standing: { ...lane.standing, place } })
  }
  return { lanes, held: yield* heldFiles(books), more: refs.length > LANES }
}

function* heldFiles(books: ReturnType<typeof openBooks>): Deciding<Held[]> {
  const held = yield* entries(books, keys.HELD_FILES, '', z.object({ job: z.string() }), FILES)
  const found = new Map<string, Held>()
  for (const { value } of held) {
    const job = yield* get(books, kinds.job, value.job)
    if (job?.status !== 'registered') continue
    const { payerId, fileType } = job
    const rows = yield* policyRows(books, payerId)
    const known = isKnownPayer(rows, payerId) && isKnownType(rows, payerId, fileType)
    const files = (found.get(`${payerId}/${fileType}`)?.files ?? 0) + 1
    found.set(`${payerId}/${fileType}`, { payerId, fileType, files, known })
  }
  return [...found.values()]
}
