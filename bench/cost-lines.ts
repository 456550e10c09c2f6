import { textTable } from '#cli/screen/text-table'
import { prices } from '#config/prices'
import { MONTH_HOURS, unitPrice } from '#domain/prices'
import { CEILING_USD, type controlPlaneCost } from './control-plane.ts'
import type { endToEndCost } from './end-to-end-cost.ts'
import type { CostLine } from './price-lines.ts'

type Found = Awaited<ReturnType<typeof controlPlaneCost>>

const usd = (amount: number): string => `$${amount.toFixed(4)}`
const count = (units: number): string => (units >= 10 ? Math.round(units).toLocaleString('en-US') : units.toFixed(3))

const columns = ['per 1,000 files', 'units', 'one by one', 'units', 'at once'].map((title) => ({ title }))

const rows = (one: readonly CostLine[], other: readonly CostLine[]): string[][] =>
  one.map(({ what, units, usd: cost, estimated }, n) => {
    const beside = other[n]
    const name = estimated ? `${what} (estimate)` : what
    return [name, count(units), usd(cost), count(beside?.units ?? 0), usd(beside?.usd ?? 0)]
  })

/** What was counted, as a person reads it. */
export const costLines = ({ files, prices, oneByOne, atOnce, shortfalls }: Found, width: number): string[] => [
  ...textTable(
    columns,
    [
      ...rows(oneByOne.lines, atOnce.lines),
      [`in all (aim ${usd(CEILING_USD)})`, '', usd(oneByOne.usd), '', usd(atOnce.usd)],
      ['', '', '', '', ''],
      ...rows(oneByOne.dataLines, atOnce.dataLines),
      ['the data itself, not in the sum', '', usd(oneByOne.dataUsd), '', usd(atOnce.dataUsd)],
    ],
    { width, colour: false },
  ),
  '',
  `Counted over ${files} files in memory, list prices of ${prices.asOf}, ${prices.region}; over an hour, and within a second. Instances apart.`,
  ...shortfalls.map((what) => `NOT MET ${what}`),
]

/** CloudWatch bills a metric for each hour in which it is written, as a part of a month. */
const METRIC_HOUR_USD = unitPrice(prices, 'metricMonth') / MONTH_HOURS

type Recorded = Awaited<ReturnType<typeof endToEndCost>>

/** What the deployed functions were seen to ask, as a person reads it. */
export const endToEndLines = (
  { files, everyMs, lines, usd: all, dataLines, dataUsd, series }: Recorded,
  width: number,
): string[] => {
  const own = (some: readonly CostLine[]) => rows(some, []).map((row) => row.slice(0, 3))
  const sums = [
    [`in all (aim ${usd(CEILING_USD)})`, '', usd(all)],
    ['', '', ''],
  ]
  return [
    ...textTable(
      ['per 1,000 files', 'units', 'recorded'].map((title) => ({ title })),
      [...own(lines), ...sums, ...own(dataLines), ['the data itself, not in the sum', '', usd(dataUsd)]],
      { width, colour: false },
    ),
    '',
    `Recorded over ${files} files, one every ${everyMs} ms, on the local AWS: what its deployed functions asked, what it would bill for DynamoDB, what they logged.`,
    `Beside them, by the hour and not by the file: ${series.length} metrics were written, ${usd(series.length * METRIC_HOUR_USD)} for each hour in which files run.`,
    'Put right by estimate: Lambda’s time (requests × their time on AWS), its two lines a run, tokens of 800 characters. Left out: the journal, on here only.',
    ...(all > CEILING_USD ? [`NOT MET ${usd(all)} for 1,000 files, not ${usd(CEILING_USD)} at most`] : []),
  ]
}
