import type { z } from 'zod'
import { checkPolicies } from '#cli/rows/check-policies'
import { gateCycle } from '#domain/policy/gate-cycle'
import { imageProblem } from '#domain/policy/image-problem'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'

/** A row as it stands in a table or a file; `where` tells a person which one it is. */
export type ConfigRow = { readonly where: string; readonly row: unknown }
export type Config = {
  readonly payers: readonly ConfigRow[]
  readonly pools: readonly ConfigRow[]
  /** Is there such a processor? `name`, or `name@<sha256>`. */
  readonly hasProcessor: (processor: string) => boolean
  /** What a processor runs on; undefined: anything, or nobody knows it. */
  readonly architecturesOf?: (processor: string) => readonly string[] | undefined
  /** The rows are for AWS, whose S3 may announce a file a minute after it landed; a local one announces at once. */
  readonly onAws?: boolean
}
export type Problem = { readonly where: string; readonly field: string; readonly problem: string }

export type Read<T> = { readonly where: string; readonly row: T }

/** Everything in the tables for people that would hold files, hold edits, or fail a launch. Nothing is changed. */
export const checkConfig = ({ payers, pools, ...known }: Config): Problem[] => {
  const good = parsed(payers, PolicyRow, Object.keys(PolicyRow.shape))
  const goodPools = parsed(pools, PoolRow, Object.keys(PoolRow.shape))
  const rows = good.read.map(({ row }) => row)
  return unique([
    ...good.problems,
    ...goodPools.problems,
    ...twice(good.read, ({ payerId, fileType }) => `${payerId}/${fileType}`),
    ...twice(goodPools.read, ({ pool }) => pool),
    ...cycles(rows),
    ...images(rows),
    ...checkPolicies(good.read, { known: goodPools.read.map(({ row }) => row), named: names(pools) }, known),
  ])
}

/** A pool whose row does not parse is there all the same. */
const names = (pools: readonly ConfigRow[]): unknown[] => pools.map(({ row }) => Reflect.get(Object(row), 'pool'))

const unique = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
]

const parsed = <T>(rows: readonly ConfigRow[], schema: z.ZodType<T>, known: readonly string[]) => {
  const read: Read<T>[] = []
  const problems: Problem[] = []
  for (const { where, row } of rows) {
    const result = schema.safeParse(row)
    if (result.success) read.push({ where, row: result.data })
    else problems.push(...result.error.issues.map((issue) => ({ where, ...told(issue, row, known) })))
  }
  return { read, problems }
}

/** The value that was seen, and what would be right. */
const told = (issue: z.core.$ZodIssue, row: unknown, known: readonly string[]): Omit<Problem, 'where'> => {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return { field: issue.keys.join(', '), problem: `no such attribute; there are ${known.join(', ')}` }
  const seen = issue.path.reduce<unknown>((value, part) => Reflect.get(Object(value), part), row)
  const value = seen === undefined ? 'it is missing' : `it is ${JSON.stringify(seen)?.slice(0, 80)}`
  return { field: issue.path.join('.') || 'row', problem: `${issue.message}; ${value}` }
}

const twice = <T>(rows: readonly Read<T>[], nameOf: (row: T) => string): Problem[] =>
  rows.flatMap(({ where, row }, i) => {
    const first = rows.findIndex((other) => nameOf(other.row) === nameOf(row))
    return first === i
      ? []
      : [{ where, field: 'row', problem: `${nameOf(row)} stands twice, first in ${rows[first]?.where}` }]
  })

const cycles = (rows: readonly PolicyRow[]): Problem[] => {
  const everybody = gateCycle(rows, '*')?.join(' → ')
  return payersOf(rows, '*').flatMap((payer) => {
    const path = gateCycle(rows, payer)?.join(' → ')
    if (path === undefined || (payer !== '*' && path === everybody)) return []
    const whose = payer === '*' ? 'every payer' : `payer ${payer}`
    return [{ where: `rows of ${whose}`, field: 'after', problem: `file types wait for each other: ${path}` }]
  })
}

const images = (rows: readonly PolicyRow[]): Problem[] =>
  payersOf(rows).flatMap((payer) => {
    const problem = imageProblem(rows, payer)
    return problem === undefined ? [] : [{ where: `rows of payer ${payer}`, field: 'image', problem }]
  })

const payersOf = (rows: readonly PolicyRow[], ...more: readonly string[]): string[] =>
  [...new Set([...more, ...rows.map(({ payerId }) => payerId)])].sort()
