import { defaultPolicy } from '#domain/policy/defaults'
import { Policy, type PolicyRow } from '#domain/policy/policy'

/** Rows from the least to the most specific; the most specific field wins. */
const specificity = (payerId: string, fileType: string) =>
  [
    ['*', '*'],
    ['*', fileType],
    [payerId, '*'],
    [payerId, fileType],
  ] as const

/** The rows that speak for (payer, type), least specific first. */
export const rowsFor = (rows: readonly PolicyRow[], payerId: string, fileType: string): PolicyRow[] =>
  specificity(payerId, fileType).flatMap(([payer, type]) =>
    rows.filter((row) => row.payerId === payer && row.fileType === type),
  )

/** The effective policy of (payer, type): field by field, the most specific row that has the field, else the default of the type. */
export const mergePolicy = (rows: readonly PolicyRow[], payerId: string, fileType: string): Policy => {
  const merged: Record<string, unknown> = { ...defaultPolicy[Object.hasOwn(defaultPolicy, fileType) ? fileType : '*'] }
  for (const row of rowsFor(rows, payerId, fileType))
    for (const field of Object.keys(Policy.shape)) if (field in row) merged[field] = row[field as keyof PolicyRow]
  return Policy.parse(merged)
}

/** Is there a row that names the payer? `*` makes nobody known: a misspelt prefix must not run. */
export const isKnownPayer = (rows: readonly PolicyRow[], payerId: string): boolean =>
  rows.some((row) => row.payerId === payerId)

/** Types with a default are known to everybody; any other needs a row that names it. */
export const isKnownType = (rows: readonly PolicyRow[], payerId: string, fileType: string): boolean =>
  (fileType !== '*' && Object.hasOwn(defaultPolicy, fileType)) ||
  rows.some((row) => row.fileType === fileType && (row.payerId === '*' || row.payerId === payerId))
