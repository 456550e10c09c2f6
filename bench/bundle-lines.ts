import { textTable } from '#cli/screen/text-table'
import { aimOf, type bundlesBench } from './bundles.ts'

type Found = Awaited<ReturnType<typeof bundlesBench>>

const FILLS = 6

const columns = [
  ...['function', 'KB', 'start ms', 'CPU ms', 'MB'].map((title) => ({ title })),
  { title: 'filled by (KB)', cut: 'end' as const },
]

/** What was measured, as a person reads it. */
export const bundleLines = ({ machine, processes, figures, shortfalls }: Found, width: number): string[] => {
  const rows = figures.map(({ step, kilobytes, fills, clients, start }) => {
    const aim = aimOf(clients)
    return [
      step,
      `${Math.round(kilobytes)} of ${aim.kilobytes}`,
      `${Math.round(start.ms)} of ${aim.ms}`,
      String(Math.round(start.cpuMs)),
      String(Math.round(start.megabytes)),
      fills
        .slice(0, FILLS)
        .map((fill) => `${fill.name} ${Math.round(fill.kilobytes)}`)
        .join(', '),
    ]
  })
  return [
    ...textTable(columns, rows, { width, colour: false }),
    '',
    `Start-up: median of ${processes} fresh processes each, node ${machine.node}, ${machine.cores} × ${machine.cpu}, load ${machine.load}; "of" is the aim.`,
    ...shortfalls.map((what) => `NOT MET ${what}`),
  ]
}
