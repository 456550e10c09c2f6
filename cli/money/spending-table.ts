import type { Spending } from '#cli/money/spending'
import { readableUsd } from '#cli/screen/readable-usd'
import type { Terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'

const columns = [
  { title: 'DAY' },
  { title: 'PAYER', cut: 'end', least: 14 },
  { title: 'JOBS', leaves: 3 },
  { title: 'BILLED', leaves: 2 },
  { title: 'USEFUL', leaves: 1 },
  { title: 'EFFICIENCY', leaves: 4 },
  { title: 'COST' },
] as const

/** A row for each day and payer. */
export const spendingTable = (found: readonly Spending[], shown: Pick<Terminal, 'width' | 'colour'>): string[] =>
  textTable(
    columns,
    found.map((row) => [
      ...[row.day, row.payerId, String(row.jobs), `${row.billedSeconds} s`, `${row.usefulSeconds} s`],
      ...[`${Math.round(row.burstEfficiency * 100)} %`, readableUsd(row.costUsd)],
    ]),
    shown,
  )
