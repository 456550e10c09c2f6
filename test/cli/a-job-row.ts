import type { JobRow } from '#cli/jobs/job-row'

/** A row of the table `jobs` in which only what matters is said. */
export const aJobRow = (given: Partial<JobRow> = {}): JobRow => ({
  jobId: 'aaaaaaaaaaaaaaaaaaaaaaaa',
  bucket: 'landing',
  key: 'sunrise/member/a.834',
  versionId: 'v1',
  bytes: 100,
  payerId: 'sunrise',
  fileType: 'member',
  status: 'succeeded',
  round: 1,
  turn: 1,
  attempts: 1,
  registeredAt: at(0),
  ...given,
})

/** A time of day as the table holds it: `seconds` after noon. */
export function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 5, 12) + seconds * 1000).toISOString()
}
