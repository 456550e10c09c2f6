import { stored } from '#adapters/memory/stored'
import type { PolicyTables } from '#domain/ports/policy-tables'

type Row = Readonly<Record<string, unknown>>

/** The tables `payer-priority` (by payer, then type) and `capacity-pools`, as people edit them: rows may be wrong. */
export type PolicyState = {
  rows: Map<string, Map<string, Row>>
  pools: Map<string, Row>
  /** Rows that Mayfly itself wrote to, in order: on AWS each is a stream record that `reconfigure` must pass over. */
  marked: string[]
}

export const emptyPolicies = (): PolicyState => ({ rows: new Map(), pools: new Map(), marked: [] })

/** A person's edit: replaces the row, as an editor in the console does. */
export const putRow = ({ rows }: PolicyState, row: Row & { payerId: string; fileType: string }): void => {
  rows.set(row.payerId, (rows.get(row.payerId) ?? new Map<string, Row>()).set(row.fileType, stored(row)))
}

export const putPool = ({ pools }: PolicyState, row: Row & { pool: string }): void => {
  pools.set(row.pool, stored(row))
}

/** The tables that people edit, over plain maps. */
export const policyTables = (state: PolicyState): PolicyTables => {
  const mark = (table: Map<string, Row> | undefined, key: string, name: string, status: string): void => {
    const row = table?.get(key)
    // A row deleted meanwhile stays deleted; one that says so already is not written again.
    if (!row || row['mayflyStatus'] === status) return
    table?.set(key, stored({ ...row, mayflyStatus: status }))
    state.marked.push(name)
  }
  return {
    async rows(payerId) {
      return [...(state.rows.get(payerId) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    },
    async pool(pool) {
      return state.pools.get(pool)
    },
    async setRowStatus(payerId, fileType, status) {
      mark(state.rows.get(payerId), fileType, `${payerId}/${fileType}`, status)
    },
    async setPoolStatus(pool, status) {
      mark(state.pools, pool, pool, status)
    },
  }
}
