import type { JobRow, ShownAct } from '#cli/jobs/job-row'
import { escaped } from '#cli/report/escaped'
import { shownTime } from '#cli/report/shown-time'

const list = (items: readonly string[]): string => items.map((item) => `<div>${item}</div>`).join('')

const asked = (acts: readonly ShownAct[]): string =>
  list(
    acts.map(
      ({ at, action, who, why }) => `${shownTime(at)} ${escaped(action)} by <b>${escaped(who)}</b>: ${escaped(why)}`,
    ),
  )

/** All that a ticket may quote of a file, below its key: report.js searches in it, opened or not. */
export const fileDetail = (job: JobRow, laneActs: readonly ShownAct[] = []): string => {
  const facts: readonly (readonly [title: string, html: string])[] = [
    ['Job', escaped(job.jobId)],
    ['Version', escaped(job.versionId)],
    ['Reason', escaped(job.sentence ?? '')],
    [
      'Findings',
      list(
        (job.findings ?? []).map(
          ({ code, segment, byte, message }) =>
            `<b>${escaped(code)}</b> ${escaped(message)} (segment ${segment}, byte ${byte})`,
        ),
      ),
    ],
    ['Owners asked', asked(job.history ?? [])],
    ['Asked of its lane', asked(laneActs)],
    ['Instance', escaped(job.instanceId ?? '')],
    ['Execution', escaped(job.execution ?? '')],
    ['Validation', escaped(job.report ?? '')],
    ['Output', escaped(job.output?.prefix ?? '')],
    ['Ran after', list(Object.entries(job.ranAfter ?? {}).map(([type, id]) => `${escaped(type)} job ${escaped(id)}`))],
  ]
  const shown = facts.flatMap(([title, html]) => (html === '' ? [] : [`<dt>${title}</dt><dd>${html}</dd>`]))
  return `<details><summary>${escaped(job.key)}</summary><dl>${shown.join('')}</dl></details>`
}
