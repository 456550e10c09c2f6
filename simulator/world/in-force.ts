import { mergePolicy } from '#domain/policy/merge'
import { type Policy, PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'

/** The rows as they hold: the last valid one of each, as its editor wrote it. The world's own book, not the scheduler's. */
export const inForce = (now: () => number) => {
  /** Every ceiling that ever held, so that a lowered one is not held against what was admitted before. */
  const ceilings: { pool: string; at: number; maxVcpus: number; maxInstances: number }[] = []
  const rows = new Map<string, PolicyRow>()
  const pools = new Map<string, PoolRow>()
  const merged = new Map<string, Policy>()
  return {
    set(table: 'row' | 'pool', name: string, row: Record<string, unknown>): void {
      if (table === 'pool') {
        const pool = PoolRow.parse(row)
        pools.set(name, pool)
        ceilings.push({ ...pool, at: now() })
      } else rows.set(name, PolicyRow.parse(row))
      merged.clear()
    },
    policy(payerId: string, fileType: string): Policy {
      const id = `${payerId} ${fileType}`
      const known =
        merged.get(id) ??
        mergePolicy(
          [...rows.values()].filter((row) => row.payerId === '*' || row.payerId === payerId),
          payerId,
          fileType,
        )
      merged.set(id, known)
      return known
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
