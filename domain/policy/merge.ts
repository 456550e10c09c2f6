import { base, defaultPolicy } from '#domain/policy/defaults'
import type { Policy, PolicyRow } from '#domain/policy/policy'

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

const defaultOf = (fileType: string): Policy =>
  (Object.hasOwn(defaultPolicy, fileType) ? defaultPolicy[fileType] : undefined) ?? base

/** The effective policy of (payer, type): field by field, the most specific row that has the field, else the default of the type. */
export const mergePolicy = (rows: readonly PolicyRow[], payerId: string, fileType: string): Policy => {
  const merged = { ...defaultOf(fileType) }
  for (const row of rowsFor(rows, payerId, fileType)) {
    const { payerId: _payer, fileType: _type, note: _note, mayflyStatus: _status, ...fields } = row
    // A parsed row's fields are a policy's: to parse their merge again was a tenth of what the scheduler computed.
    Object.assign(merged, fields)
  }
  return merged
}

/** The effective policy's `after` alone: to find cycles every type is asked, several times in every decision. */
export const afterOf = (rows: readonly PolicyRow[], payerId: string, fileType: string): Policy['after'] =>
  rowsFor(rows, payerId, fileType).findLast(({ after }) => after !== undefined)?.after ?? defaultOf(fileType).after

/** Is there a row that names the payer? `*` makes nobody known: a misspelt prefix must not run. */
export const isKnownPayer = (rows: readonly PolicyRow[], payerId: string): boolean =>
  rows.some((row) => row.payerId === payerId)

/** Types with a default are known to everybody; any other needs a row that names it. */
export const isKnownType = (rows: readonly PolicyRow[], payerId: string, fileType: string): boolean =>
  (fileType !== '*' && Object.hasOwn(defaultPolicy, fileType)) ||
  rows.some((row) => row.fileType === fileType && (row.payerId === '*' || row.payerId === payerId))
