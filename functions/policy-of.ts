import { mergePolicy } from '#domain/policy/merge'
import { type Policy, PolicyRow } from '#domain/policy/policy'
import type { PolicyTables } from '#domain/ports/policy-tables'

/** The policy of (payer, type) by the rows as they are now; a row that does not parse says nothing. Two reads. */
export const policyOf = async (
  tables: Pick<PolicyTables, 'rows'>,
  payerId: string,
  fileType: string,
): Promise<Policy> => {
  const rows = [...(await tables.rows('*')), ...(await tables.rows(payerId))]
  return mergePolicy(
    rows.flatMap((row) => PolicyRow.safeParse(row).data ?? []),
    payerId,
    fileType,
  )
}
