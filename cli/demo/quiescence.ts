import type { JobRow } from '#cli/jobs/job-row'
import { isAlive } from '#cli/jobs/live-instances'
import type { Machine } from '#domain/ports/machines'
import { isOver } from '#domain/schedule/items/status'

/** Reasons that neither time nor the work at hand can change: a person or a new file must. */
const standing = [
  /-file-(rejected|failed|missing)$/,
  /^(failed-ahead|paused|pool-paused|never-fits|unknown-pool|unroutable-key|unknown-payer|unknown-type)$/,
]

/** Will this job stay as it is until somebody does something? */
export const isSettled = ({ status, because = '' }: Pick<JobRow, 'status' | 'because'>): boolean =>
  isOver(status) ||
  ((status === 'waiting' || status === 'registered') && standing.some((reason) => reason.test(because)))

/** Everything that can end has ended, and no instance is alive. `expected`: job ids that must have been registered. */
export const isQuiescent = (
  jobs: readonly Pick<JobRow, 'jobId' | 'status' | 'because'>[],
  instances: readonly Machine[],
  expected: readonly string[],
): boolean => {
  const known = new Set(jobs.map(({ jobId }) => jobId))
  return expected.every((id) => known.has(id)) && jobs.every(isSettled) && !instances.some(isAlive)
}
