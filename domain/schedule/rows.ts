import * as z from 'zod'
import { parseOnce, safeParseOnce } from '#domain/parse-once'
import { gateCycle } from '#domain/policy/gate-cycle'
import { imageProblem } from '#domain/policy/image-problem'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'
import { type Books, type Deciding, get, once, put } from '#domain/schedule/books'
import type { Kind } from '#domain/schedule/kinds'

/** The last row that parsed stays in force while an edit of it does not (design §3.9). */
const goodRow: Kind<PolicyRow, [string, string]> = {
  schema: PolicyRow,
  key: (payerId, fileType) => ({ pk: `PAYER#${payerId}`, sk: `ROW#${fileType}` }),
}
const goodPool: Kind<PoolRow, [string]> = { schema: PoolRow, key: (pool) => ({ pk: `POOL#${pool}`, sk: 'ROW' }) }

const Rows = z.array(z.unknown())
const RowKey = z.object({ payerId: z.string(), fileType: z.string() })

const rowsNamed = (books: Books, payerId: string): Deciding<unknown[]> =>
  once(books, { ask: 'policy-rows', payerId }, (answer) => parseOnce(Rows, answer))

/** The rows of `*` are asked for once, however many payers a batch touches. */
function* rawRows(books: Books, payerId: string): Deciding<unknown[]> {
  const everybody = yield* rowsNamed(books, '*')
  return payerId === '*' ? everybody : [...everybody, ...(yield* rowsNamed(books, payerId))]
}

/** The rows that stand in the table where they parse, and where they do not the last good ones; or all last good ones. */
function* rowsInForce(books: Books, payerId: string, trusted: boolean): Deciding<PolicyRow[]> {
  const rows: PolicyRow[] = []
  for (const raw of yield* rawRows(books, payerId)) {
    const row = safeParseOnce(PolicyRow, raw)
    const key = safeParseOnce(RowKey, raw)
    const asItStands = trusted && row.success
    const good = asItStands || !key.success ? row.data : yield* get(books, goodRow, key.data.payerId, key.data.fileType)
    if (good) rows.push(good)
  }
  return rows
}

/** What is wrong with rows only together: types that wait for each other, an image that its instances cannot boot. */
const togetherWrong = (rows: readonly PolicyRow[], payerId: string): string | undefined => {
  const cycle = gateCycle(rows, payerId)
  if (cycle) return `after makes file types wait for each other: ${cycle.join(' → ')}`
  return imageProblem(rows, payerId)
}

/**
 * The rows that can speak for a payer: its own and those of `*`, read at the moment of use. Rows that are wrong together
 * are an invalid edit: the last good ones stay in force.
 */
export function* policyRows(books: Books, payerId: string): Deciding<PolicyRow[]> {
  const rows = yield* rowsInForce(books, payerId, true)
  return togetherWrong(rows, payerId) ? yield* rowsInForce(books, payerId, false) : rows
}

/** A pool's ceiling, read at the moment of use; undefined when there is no such row. */
export function* poolRow(books: Books, pool: string): Deciding<PoolRow | undefined> {
  const raw = yield* once(books, { ask: 'pool-row', pool }, (answer) => answer)
  if (raw === undefined) return undefined
  const row = safeParseOnce(PoolRow, raw)
  return row.success ? row.data : yield* get(books, goodPool, pool)
}

const NOT_IN_FORCE = 'not in force, the last good row still is'

const problem = (error: z.ZodError): string =>
  `${NOT_IN_FORCE}: ${error.issues.map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`).join('; ')}`.slice(
    0,
    500,
  )

/** Keeps an edited row as the last good one, or says what is wrong with it. Returns what the editor should see on the row. */
export function* keepRow(books: Books, payerId: string, fileType: string): Deciding<string | undefined> {
  const raw = (yield* rawRows(books, payerId)).find((row) => {
    const key = safeParseOnce(RowKey, row)
    return key.success && key.data.payerId === payerId && key.data.fileType === fileType
  })
  if (raw === undefined) return undefined
  const row = safeParseOnce(PolicyRow, raw)
  if (!row.success) return problem(row.error)
  const together = togetherWrong(yield* rowsInForce(books, payerId, true), payerId)
  if (together) return `${NOT_IN_FORCE}: ${together}`
  put(books, goodRow, [payerId, fileType], row.data)
  return 'in force'
}

export function* keepPool(books: Books, pool: string): Deciding<string | undefined> {
  const raw = yield* once(books, { ask: 'pool-row', pool }, (answer) => answer)
  if (raw === undefined) return undefined
  const row = safeParseOnce(PoolRow, raw)
  if (!row.success) return problem(row.error)
  put(books, goodPool, [pool], row.data)
  return 'in force'
}
