import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'
import type { Check } from './check.ts'

/**
 * I11: an invalid edit changes nothing, and says so on its row. (That nothing changes is what the other checks see: they
 * judge by the last valid row.)
 */
export const badEdits: Check = {
  name: 'I11',
  atRest({ state: { policies } }) {
    const rows = [...policies.rows.values()].flatMap((types) => [...types.values()])
    const judged = [
      ...rows.map((row) => ({ row, valid: PolicyRow.safeParse(row).success })),
      ...[...policies.pools.values()].map((row) => ({ row, valid: PoolRow.safeParse(row).success })),
    ]
    return judged.flatMap(({ row, valid }) => {
      const status = String(row['mayflyStatus'])
      const says = valid ? status === 'in force' : status.startsWith('not in force')
      return says ? [] : [`a ${valid ? 'valid' : 'invalid'} row says ${status}: ${JSON.stringify(row)}`]
    })
  },
}
