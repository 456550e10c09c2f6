import { ageOf, type JobRow } from '#cli/jobs/job-row'
import { readableDuration, readableTime } from '#cli/screen/readable-time'
import { readableUsd } from '#cli/screen/readable-usd'
import type { Terminal } from '#cli/screen/terminal'
import { type Tone, textTable } from '#cli/screen/text-table'
import type { Status } from '#domain/schedule/items/status'

const tones: Partial<Record<Status, Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  rejected: 'bad',
  waiting: 'waits',
  withdrawn: 'quiet',
  superseded: 'quiet',
}

export const statusCell = (status: Status) => {
  const tone = tones[status]
  return tone ? { text: status, tone } : status
}

const columns = [
  { title: 'JOB', leaves: 7 },
  { title: 'KEY', cut: 'key', least: 32 },
  { title: 'STATUS' },
  // `member-file-unfinished`, `-rejected` and `-missing` must not look the same.
  { title: 'BECAUSE', cut: 'middle', least: 22 },
  { title: 'INSTANCE', leaves: 1 },
  { title: 'REGISTERED', leaves: 2 },
  { title: 'STARTED', leaves: 3 },
  { title: 'ENDED', leaves: 4 },
  { title: 'TIME', leaves: 6 },
  { title: 'COST', leaves: 5 },
] as const

/** A row for each job; the key says payer and type. */
export const jobTable = (jobs: readonly JobRow[], { width, colour }: Terminal, now: number): string[] =>
  textTable(
    columns,
    jobs.map((job) => [
      job.jobId.slice(0, 8),
      job.key,
      statusCell(job.status),
      job.because ?? '',
      job.instanceId ?? '',
      readableTime(job.registeredAt, now),
      readableTime(job.startedAt, now),
      readableTime(job.endedAt, now),
      readableDuration(ageOf(job, now)),
      job.costUsd === undefined ? '' : readableUsd(job.costUsd),
    ]),
    { width, colour },
  )
