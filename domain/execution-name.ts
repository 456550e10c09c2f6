/** Step Functions takes 1–80 characters; letters, digits, `-` and `_` are safe everywhere (aws-facts). */
const MAX_LENGTH = 80

/**
 * The name of a round's execution: payer, type, file name, job id, `-r<round>`.
 * The same job and round always give the same name, which makes StartExecution idempotent.
 */
export const executionName = (job: {
  job: string
  payerId: string
  fileType: string
  fileName: string
  round: number
}): string => {
  const tail = `-${job.job}-r${job.round}`
  const head = [job.payerId, job.fileType, job.fileName].join('-').replace(/[^0-9A-Za-z_-]+/g, '-')
  return head.slice(0, MAX_LENGTH - tail.length) + tail
}

/** The job and round that an execution's name ends in; undefined for an execution that is not ours. */
export const roundOfName = (name: string): { job: string; round: number } | undefined => {
  const [, job, round] = /-([0-9a-f]{24})-r([1-9]\d*)$/.exec(name) ?? []
  return job && round ? { job, round: Number(round) } : undefined
}
