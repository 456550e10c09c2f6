import type { JobRow } from '#cli/jobs/job-row'
import { shortened } from '#cli/screen/shortened'
import type { Terminal } from '#cli/screen/terminal'
import { isOver, Status } from '#domain/schedule/items/status'

/**
 * The table of as many jobs as fit, in their order, and how many do not: what is worked on stays longest, then what
 * waits, then what ended; of each the newest.
 */
export const jobsWithin = (
  jobs: readonly JobRow[],
  { width, height }: Pick<Terminal, 'width' | 'height'>,
  table: (some: readonly JobRow[]) => string[],
): string[] => {
  const all = table(jobs)
  if (all.length <= height) return all
  const besideRows = all.length - jobs.length
  const room = Math.max(1, height - besideRows - 1)
  const ranked = jobs.toSorted((a, b) => sightOf(a) - sightOf(b) || (movedAt(a) < movedAt(b) ? 1 : -1))
  const seen = new Set(ranked.slice(0, room))
  const hidden = ranked.slice(room)
  const told = Status.options.flatMap((status) => {
    const count = hidden.filter((job) => job.status === status).length
    return count === 0 ? [] : [`${count} ${status}`]
  })
  return [
    ...table(jobs.filter((job) => seen.has(job))),
    shortened(`… ${hidden.length} more: ${told.join(', ')}`, width, 'end'),
  ]
}

const sightOf = ({ status }: JobRow): number =>
  isOver(status) ? 2 : status === 'waiting' || status === 'registered' ? 1 : 0

const movedAt = ({ endedAt, startedAt, registeredAt }: JobRow): string => endedAt ?? startedAt ?? registeredAt
