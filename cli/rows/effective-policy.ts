import * as z from 'zod'
import { isKnownPayer, isKnownType } from '#domain/policy/merge'
import { PolicyRow } from '#domain/policy/policy'
import { type Field, provenanceOf } from '#domain/policy/provenance'
import { openBooks } from '#domain/schedule/books'
import { policyRows } from '#domain/schedule/rows'
import { type Sources, think } from '#functions/think'

export type EffectivePolicy = {
  payerId: string
  fileType: string
  /** Is there a row that names the payer, and a rule for the type? If not, such files are held. */
  knownPayer: boolean
  knownType: boolean
  fields: Field[]
  /** Rows that speak for (payer, type), or would, and do not as they stand: why, and what speaks instead. */
  notInForce: { row: string; problem: string }[]
}

const RowKey = z.object({ payerId: z.string(), fileType: z.string() })
const nameOf = ({ payerId, fileType }: z.infer<typeof RowKey>): string => `${payerId}/${fileType}`

/** The policy that the scheduler would use now for (payer, type), by the same reading of the tables. Three requests or so. */
export const effectivePolicy = async (
  sources: Sources,
  payerId: string,
  fileType: string,
): Promise<EffectivePolicy> => {
  const books = openBooks(0, 0)
  const inForce = await think(policyRows(books, payerId), sources)
  const raw = [...(await sources.tables.rows('*')), ...(await sources.tables.rows(payerId))]
  return {
    payerId,
    fileType,
    knownPayer: isKnownPayer(inForce, payerId),
    knownType: isKnownType(inForce, payerId, fileType),
    fields: provenanceOf(inForce, payerId, fileType),
    notInForce: raw.flatMap((row) => problemOf(row, inForce) ?? []),
  }
}

const problemOf = (raw: unknown, inForce: readonly PolicyRow[]) => {
  const key = RowKey.parse(raw)
  const used = inForce.find((row) => nameOf(row) === nameOf(key))
  const row = PolicyRow.safeParse(raw)
  if (row.success && used && sameRow(row.data, used)) return undefined
  const instead = used ? 'the last good one is in force' : 'it says nothing, for no earlier one was good'
  const problem = row.success
    ? 'with the other rows it makes file types wait for each other (`mayfly config check` names the path)'
    : row.error.issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`).join('; ')
  return { row: nameOf(key), problem: `${problem}; ${instead}` }
}

/** What Mayfly itself writes on a row is no part of what the row says. */
const sameRow = (a: PolicyRow, b: PolicyRow): boolean => textOf(a) === textOf(b)
const textOf = ({ mayflyStatus: _status, ...row }: PolicyRow): string =>
  JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))
