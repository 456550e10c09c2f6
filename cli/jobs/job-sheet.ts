import { JobRow } from '#cli/jobs/job-row'

const asText = (history: JobRow['history']): string | undefined =>
  history?.map(({ at, action, who, why }) => `${at} ${action} by ${who}: ${why}`.replace(/\s+/g, ' ')).join('; ')

/** Jobs for a spreadsheet: what owners asked is one cell that people read, an act after the other. */
export const jobSheet = (jobs: readonly JobRow[]) => ({
  columns: Object.keys(JobRow.shape),
  rows: jobs.map((job) => ({ ...job, history: asText(job.history) })),
})
