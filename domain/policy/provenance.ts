import { defaultPolicy } from '#domain/policy/defaults'
import { mergePolicy, rowsFor } from '#domain/policy/merge'
import { Policy, type PolicyRow } from '#domain/policy/policy'

/** Where a field of the effective policy comes from: a row as `payer/type`, or the defaults. */
export type Field = { field: string; value: unknown; from: string }

/** The effective policy of (payer, type), each field with the row that it came from. */
export const provenanceOf = (rows: readonly PolicyRow[], payerId: string, fileType: string): Field[] => {
  const policy = mergePolicy(rows, payerId, fileType)
  const speaking = rowsFor(rows, payerId, fileType)
  const fallback = Object.hasOwn(defaultPolicy, fileType) ? `default for ${fileType}` : 'default'
  return Object.keys(Policy.shape).map((field) => {
    const row = speaking.findLast((candidate) => field in candidate)
    return {
      field,
      value: policy[field as keyof Policy],
      from: row ? `${row.payerId}/${row.fileType}` : fallback,
    }
  })
}
