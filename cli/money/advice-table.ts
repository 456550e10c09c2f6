import { readableUsd } from '#cli/screen/readable-usd'
import type { Terminal } from '#cli/screen/terminal'
import { type Cell, textTable } from '#cli/screen/text-table'
import type { Advice } from '#domain/advise'

const columns = [
  { title: 'PAYER', cut: 'end', least: 14 },
  { title: 'TYPE' },
  { title: 'RUNS', leaves: 3 },
  { title: 'USED', leaves: 4 },
  { title: 'PEAK', leaves: 2 },
  { title: 'CORES', leaves: 1 },
  // `t4g.xlarge is enough, on few runs`: its end takes back half of its beginning.
  { title: 'ADVICE', cut: 'middle', least: 33 },
  { title: 'SAVED', leaves: 5 },
] as const

const mib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`

const adviceCell = ({ advice, instead, few }: Advice): Cell => {
  const rests = few ? ', on few runs' : ''
  if (advice === 'smaller') return { text: `${instead} is enough${rests}`, tone: 'good' }
  if (advice === 'larger') return { text: `too tight: ${instead}${rests}`, tone: 'bad' }
  if (advice === 'none-holds') return { text: 'too tight, and nothing larger is known', tone: 'bad' }
  return { text: `keep it${rests}`, tone: 'quiet' }
}

/** A row for each payer, type and instance type. */
export const adviceTable = (found: readonly Advice[], shown: Pick<Terminal, 'width' | 'colour'>): string[] =>
  textTable(
    columns,
    found.map((each) => [
      ...[each.payerId, each.fileType, String(each.runs), each.instanceType, mib(each.peakMemoryBytes)],
      ...[each.cores.toFixed(2), adviceCell(each)],
      each.savedUsd === 0 ? '' : `${readableUsd(each.savedUsd)} (${Math.round(each.savedShare * 100)} %)`,
    ]),
    shown,
  )
