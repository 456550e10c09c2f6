/** Step Functions takes 1–80 characters; letters, digits, `-` and `_` are safe everywhere (aws-facts). */
const MAX_LENGTH = 80

/**
 * The name of a round's execution: payer, type, file name, short hash, `-r<round>`.
 * The same job and round always give the same name, which makes StartExecution idempotent.
 */
export const executionName = (job: {
  job: string
  payerId: string
  fileType: string
  fileName: string
  round: number
}): string => {
  const tail = `-${job.job.slice(0, 10)}-r${job.round}`
  const head = [job.payerId, job.fileType, job.fileName].join('-').replace(/[^0-9A-Za-z_-]+/g, '-')
  return head.slice(0, MAX_LENGTH - tail.length) + tail
}
