import type { Job } from '#domain/schedule/items/job'

/** What lines on a job have in common, so that one search of all logs finds what befell a payer, or a scope. */
export const jobFacts = ({ job, payerId, fileType, scope }: Job) => ({ job, payer: payerId, type: fileType, scope })
