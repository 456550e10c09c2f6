import type { JobRow } from '#cli/jobs/job-row'
import { spendingOf } from '#cli/money/spending'
import { barChart } from '#cli/report/charts'
import { readableUsd } from '#cli/screen/readable-usd'

/** What the instances of each payer cost. */
export const moneySection = (jobs: readonly JobRow[]): string => {
  const spending = spendingOf(jobs)
  if (spending.length === 0) return ''
  const payers = [...new Set(spending.map(({ payerId }) => payerId))].map((payerId) => {
    const days = spending.filter((row) => row.payerId === payerId)
    const sum = (of: (row: (typeof days)[number]) => number): number => days.reduce((total, row) => total + of(row), 0)
    const [usd, count] = [sum(({ costUsd }) => costUsd), sum((row) => row.jobs)]
    const useful =
      sum(({ usefulSeconds }) => usefulSeconds) /
      Math.max(
        1,
        sum(({ billedSeconds }) => billedSeconds),
      )
    return {
      label: payerId,
      value: usd,
      shown: `${readableUsd(usd)}, ${count} files, ${Math.round(useful * 100)} % useful`,
    }
  })
  const total = payers.reduce((sum, { value }) => sum + value, 0)
  return `<h2>What the payers’ instances cost</h2>${barChart(
    'cost per payer',
    payers.sort((a, b) => b.value - a.value),
  )}<p>In all ${readableUsd(total)} at list prices.</p>`
}
