import { textTable } from '#cli/text-table'
import { CEILING_USD, type CostLine, type controlPlaneCost } from './control-plane.ts'

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
