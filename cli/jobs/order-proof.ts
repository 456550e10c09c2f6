import type { JobRow } from '#cli/jobs/job-row'

/** What is needed of a job to judge order: times as the table `jobs` tells them. */
export type OrderJob = Pick<JobRow, 'jobId' | 'key' | 'payerId' | 'fileType' | 'status' | 'startedAt' | 'endedAt'>

export type OrderProof = {
  readonly key: string
  readonly jobId: string
  readonly status: string
  readonly startedAt: string | undefined
  /** All member jobs of its payer. */
  readonly members: readonly {
    readonly key: string
    readonly status: string
    readonly endedAt: string | undefined
    /** Ended before the claims job was admitted; undefined: that was not admitted. */
    readonly endedBefore: boolean | undefined
  }[]
  /** undefined: never admitted, so there is nothing to break. */
  readonly held: boolean | undefined
}

/**
 * For each claims job, each member job of its payer and whether it had ended when the claims job was admitted. One
 * transaction may end a member job and admit the claims, so equal times are in order.
 */
export const orderProof = (jobs: readonly OrderJob[]): OrderProof[] =>
  jobs
    .filter(({ fileType }) => fileType === 'claims')
    .map((claims) => {
      const { key, jobId, status, startedAt } = claims
      const members = jobs
        .filter(({ payerId, fileType }) => payerId === claims.payerId && fileType === 'member')
        .map((member) => ({
          key: member.key,
          status: member.status,
          endedAt: member.endedAt,
          endedBefore: startedAt === undefined ? undefined : endedBy(member, startedAt),
        }))
      const oneSucceeded = members.some(({ status, endedBefore }) => status === 'succeeded' && endedBefore)
      const held = startedAt === undefined ? undefined : oneSucceeded && members.every(({ endedBefore }) => endedBefore)
      return { key, jobId, status, startedAt, members, held }
    })

const endedBy = ({ endedAt }: OrderJob, time: string): boolean =>
  endedAt !== undefined && Date.parse(endedAt) <= Date.parse(time)
