import type { JobRow } from '#cli/jobs/job-row'
import { barChart } from '#cli/report/charts'
import { escaped } from '#cli/report/escaped'
import { tones } from '#cli/report/tones'

const counted = <T extends string>(values: readonly T[]): [T, number][] => {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

/** How many files came to what, and why the rest waits. */
export const statusSection = (jobs: readonly JobRow[]): string => {
  const bars = counted(jobs.map(({ status }) => status)).map(([status, value]) => ({
    ...{ label: status, value, shown: String(value), tone: tones[status] },
  }))
  const waiting = jobs.filter(({ status }) => status === 'waiting' || status === 'registered')
  const reasons = counted(waiting.map(({ because }) => because ?? 'not looked at'))
  const why = reasons.map(([because, count]) => `${count} × ${escaped(because)}`).join(', ')
  return `<h2>What became of them</h2>${barChart('files by status', bars)}${why ? `<p>Waiting: ${why}.</p>` : ''}`
}
