import type { JobRow } from '#cli/jobs/job-row'
import type { LaneActs } from '#cli/jobs/lane-acts-of'
import { escaped } from '#cli/report/escaped'
import { fileDetail } from '#cli/report/file-detail'
import { shownTime } from '#cli/report/shown-time'
import { tones } from '#cli/report/tones'
import { readableDuration } from '#cli/screen/readable-time'
import { readableUsd } from '#cli/screen/readable-usd'

const options = (title: string, values: readonly string[]): string =>
  `<option value="">${title}</option>${[...new Set(values)]
    .sort()
    .map((value) => `<option>${escaped(value)}</option>`)
    .join('')}`

const header = (title: string, column: 'text' | 'number'): string =>
  `<th scope="col" data-column="${column}"><button type="button">${title}</button></th>`

/** Every file in a table that report.js searches, filters and sorts. */
export const fileSection = (jobs: readonly JobRow[], laneActs: LaneActs, now: number): string => {
  const rows = jobs.map((job) => {
    const took = (job.endedAt === undefined ? now : Date.parse(job.endedAt)) - Date.parse(job.registeredAt)
    const cells = [
      ...[
        `<td>${job.jobId.slice(0, 8)}</td><td class="key" data-value="${escaped(job.key)}">${fileDetail(job, laneActs.get(job.jobId))}</td>`,
      ],
      `<td class="${tones[job.status]}">${job.status}</td><td>${escaped(job.because ?? '')}</td>`,
      `<td>${escaped(job.instanceType ?? '')}</td><td>${shownTime(job.registeredAt)}</td>`,
      `<td data-value="${took}">${readableDuration(took)}</td>`,
      `<td data-value="${job.costUsd ?? ''}">${job.costUsd === undefined ? '' : readableUsd(job.costUsd)}</td>`,
    ]
    return `<tr data-payer="${escaped(job.payerId)}" data-type="${escaped(job.fileType)}" data-status="${job.status}">${cells.join('')}</tr>`
  })
  const texts = ['Job', 'File', 'Status', 'Because', 'Instance', 'Registered'].map((title) => header(title, 'text'))
  const numbers = ['Time', 'Cost'].map((title) => header(title, 'number'))
  return `<h2>Files</h2>
<form id="filter"><input name="q" type="search" placeholder="Search: key, job, instance, reason, who" aria-label="Search">
<select name="payer" aria-label="Payer">${options(
    'All payers',
    jobs.map(({ payerId }) => payerId),
  )}</select>
<select name="type" aria-label="Type">${options(
    'All types',
    jobs.map(({ fileType }) => fileType),
  )}</select>
<select name="status" aria-label="Status">${options(
    'All statuses',
    jobs.map(({ status }) => status),
  )}</select></form>
<p id="count" role="status">${jobs.length} files</p>
<div class="scroll"><table id="jobs"><thead><tr>${texts.join('')}${numbers.join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>`
}
