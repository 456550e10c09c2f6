import { jobChanges } from '#cli/jobs/job-changes'
import { ageOf, type JobRow } from '#cli/jobs/job-row'
import { statusCell } from '#cli/jobs/job-table'
import { jobsWithin } from '#cli/jobs/jobs-within'
import { whyItWaits } from '#cli/jobs/why-it-waits'
import { readableDuration } from '#cli/screen/readable-time'
import type { Terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'

export type Screen = { show(jobs: readonly JobRow[], now: number): void }

type Write = (text: string) => void

const columns = [
  { title: 'PAYER', cut: 'end', least: 14 },
  { title: 'FILE', cut: 'middle', least: 16 },
  { title: 'TYPE', leaves: 2 },
  { title: 'STATUS' },
  { title: 'WHY IT WAITS', cut: 'middle', least: 22 },
  // Among so few an instance is known by its first characters.
  { title: 'INSTANCE', cut: 'end', least: 10, leaves: 1 },
  { title: 'TIME', leaves: 3 },
] as const

/** The jobs as lines of the demo's table. */
export const demoTable = (jobs: readonly JobRow[], shown: Pick<Terminal, 'width' | 'colour'>, now: number): string[] =>
  textTable(
    columns,
    jobs.map((job) => [
      job.payerId,
      job.key.split('/').at(-1) ?? job.key,
      job.fileType,
      statusCell(job.status),
      whyItWaits(job),
      job.instanceId ?? '',
      readableDuration(ageOf(job, now)),
    ]),
    shown,
  )

/** A table that is drawn anew in its place, as high as the window lets it be. */
export const redrawnTable = (write: Write, look: () => Terminal): Screen => {
  let drawn = 0
  return {
    show(jobs, now) {
      const { width, height, colour } = look()
      const room = { width, height: Math.max(3, height - 2) }
      const kept = jobsWithin(jobs, room, (some) => demoTable(some, { width, colour }, now))
      write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ''}${kept.join('\n')}\n`)
      drawn = kept.length
    },
  }
}

/** One line for each change of a job: for logs and pipes. `known`: what needs no line as it stands. */
export const changeLines = (write: Write, known: readonly JobRow[] = []): Screen => {
  const changes = jobChanges(known)
  return {
    show(jobs, now) {
      for (const line of changes(jobs, now)) write(`${line}\n`)
    },
  }
}
