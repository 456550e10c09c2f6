import type { ScheduleState } from '#adapters/memory/schedule-table'
import { setItem } from '#adapters/memory/schedule-table'
import { executionName } from '#domain/execution-name'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Driver } from './driver.ts'
import { parks } from './driver.ts'
import { lands, tokenFor } from './file-life.ts'

/** A sequence number beyond those of the setting up. */
const FIRST_COPY = 10_000

/** A lane to fill: the files of one payer and type. */
export type Lane = { payerId: string; type: string }

const read = <T>(state: ScheduleState, schema: { parse(value: unknown): T }, { pk, sk }: keys.Key): T =>
  schema.parse(state.partitions.get(pk)?.values.get(sk))

/**
 * Puts `waiting` files into the lanes, in turn. The first of each lane goes through the real step; the others are copies of
 * its items under their own ids and orders, because a million real registrations take minutes (a test holds the copies to
 * files that did register). The item per key and the row for people are left out: no admission reads them.
 */
export const fillLanes = async (
  state: ScheduleState,
  driver: Driver,
  lanes: readonly Lane[],
  waiting: number,
): Promise<void> => {
  for (const { payerId, type } of lanes) {
    const first = lands(payerId, type, 0)
    await driver.hear([first])
    await driver.hear([parks(first.job)])
  }
  for (const [i, lane] of lanes.entries()) copyFirst(state, lane, i, Math.floor(waiting / lanes.length))
  // What registers from now on stands behind all copies.
  setItem(state, keys.shard(), { seq: FIRST_COPY + waiting })
}

const copyFirst = (state: ScheduleState, { payerId, type }: Lane, place: number, waiting: number): void => {
  const first = lands(payerId, type, 0)
  const job = read(state, kinds.job.schema, keys.job(first.job))
  const tokens = read(state, kinds.tokens.schema, keys.tokens(first.job))
  const scopeId = job.scope ?? ''
  const entry = read(state, kinds.laneEntry.schema, keys.laneEntry(scopeId, type, job.order, job.job))
  for (let n = 1; n < waiting; n += 1) {
    const { job: id, key, version } = lands(payerId, type, n)
    const order = keys.orderOf(FIRST_COPY + n, place)
    const named = { ...job, job: id, key, version, fileName: key.split('/').at(-1) ?? '', order }
    setItem(state, keys.job(id), { ...named, execution: executionName(named) })
    setItem(state, keys.tokens(id), { ...tokens, tokens: [tokenFor(id)] })
    setItem(state, keys.laneEntry(scopeId, type, order, id), { ...entry, job: id, order })
  }
  const scope = read(state, kinds.scope.schema, keys.scope(scopeId))
  const mine = scope.types[type]
  if (!mine) throw new Error(`scope ${scopeId} says nothing of ${type} although a file of it registered`)
  setItem(state, keys.scope(scopeId), {
    ...scope,
    types: { ...scope.types, [type]: { ...mine, unfinished: waiting } },
  })
}
