import type { JobRow } from '#cli/jobs/job-row'
import { type Stretch, timeline } from '#cli/report/charts'
import { tones } from '#cli/report/tones'
import { readableDuration } from '#cli/screen/readable-time'
import { isOver } from '#domain/schedule/items/status'

/** More rows than anybody looks at, and a chart too tall to be read. */
const IN_TIMELINE = 200

const stretchesOf = (job: JobRow, now: number): Stretch[] => {
  const at = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time))
  const begin = Date.parse(job.registeredAt)
  const started = at(job.startedAt)
  const end = at(job.endedAt) ?? now
  if (started === undefined && isOver(job.status)) {
    const title = `${job.status} after ${readableDuration(end - begin)}, never started`
    return [{ from: begin, to: end, tone: tones[job.status], title }]
  }
  const waited = {
    from: begin,
    to: started ?? end,
    tone: 'wait',
    title: `waited ${readableDuration((started ?? end) - begin)}`,
  }
  if (started === undefined) return [waited]
  const tone = isOver(job.status) ? tones[job.status] : 'work'
  return [waited, { from: started, to: end, tone, title: `${job.status} after ${readableDuration(end - started)}` }]
}

const legend = [
  ...[['wait', 'waited'] as const, ['work', 'at work'] as const],
  ...[['good', 'until it succeeded'] as const, ['bad', 'until it failed or was rejected'] as const],
  ['quiet', 'until it was withdrawn or replaced'] as const,
].map(([tone, says]) => `<span class="${tone}">■</span> ${says}`)

/** When files waited and when they were at work. */
export const timeSection = (jobs: readonly JobRow[], now: number): string => {
  if (jobs.length === 0) return ''
  const shown = jobs.slice(-IN_TIMELINE)
  const rows = shown.map((job) => ({ name: job.key, stretches: stretchesOf(job, now) }))
  const note = jobs.length > shown.length ? `<p>The latest ${shown.length} of ${jobs.length}.</p>` : ''
  return `<h2>When they waited and when they ran</h2>${note}<p>${legend.join(' &nbsp; ')}</p>${timeline('files over time', rows)}`
}
