import { mergePolicy } from '#domain/policy/merge'
import { type Policy, PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'

/** The rows as they hold: the last valid one of each, as its editor wrote it. The world's own book, not the scheduler's. */
export const inForce = (now: () => number) => {
  /** Every ceiling that ever held, so that a lowered one is not held against what was admitted before. */
  const ceilings: { pool: string; at: number; maxVcpus: number; maxInstances: number }[] = []
  let rows = new Map<string, PolicyRow>()
  /** All rows as they were from some time on, oldest first. */
  const history: { from: number; rows: ReadonlyMap<string, PolicyRow> }[] = []
  const pools = new Map<string, PoolRow>()
  const merged = new Map<string, Policy>()
  const merge = (those: ReadonlyMap<string, PolicyRow>, payerId: string, fileType: string): Policy =>
    mergePolicy(
      [...those.values()].filter((row) => row.payerId === '*' || row.payerId === payerId),
      payerId,
      fileType,
    )
  return {
    set(table: 'row' | 'pool', name: string, row: Record<string, unknown>): void {
      if (table === 'pool') {
        const pool = PoolRow.parse(row)
        pools.set(name, pool)
        ceilings.push({ ...pool, at: now() })
      } else {
        rows = new Map(rows).set(name, PolicyRow.parse(row))
        history.push({ from: now(), rows })
      }
      merged.clear()
    },
    policy(payerId: string, fileType: string): Policy {
      const id = `${payerId} ${fileType}`
      const known = merged.get(id) ?? merge(rows, payerId, fileType)
      merged.set(id, known)
      return known
    },
    /** The policy as it was at a time. */
    policyAt(payerId: string, fileType: string, at: number): Policy {
      const then = history.findLast(({ from }) => from <= at)
      return merge(then?.rows ?? new Map(), payerId, fileType)
    },
    /** The ceilings of a pool that held at some time since `since`. */
    ceilingsSince(name: string, since: number) {
      const own = ceilings.filter(({ pool }) => pool === name)
      return own.filter((_, n) => (own[n + 1]?.at ?? Number.POSITIVE_INFINITY) >= since)
    },
    pool: (name: string): PoolRow | undefined => pools.get(name),
    knows: (payerId: string): boolean => [...rows.values()].some((row) => row.payerId === payerId),
  }
}
export type InForce = ReturnType<typeof inForce>
