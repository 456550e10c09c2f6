import { createHash } from 'node:crypto'
import { imageOf } from '#domain/launching'
import type { MachineRequest } from '#domain/ports/machines'
import { progressSeconds } from '#domain/progress'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Candidate } from '#domain/schedule/items/candidate'
import type { Job } from '#domain/schedule/items/job'
import { renderUserData } from '#functions/launch/user-data'

export type Requesting = {
  buckets: { results: string; artifacts: string }
  region: string
  owner: string
  /** The text of `startup.sh`. */
  startupScript: string
}

/** At most 64 characters; made of the candidate too, for tokens are zonal (lessons 4). */
export const clientTokenOf = ({ job, round, attempt }: Attempt, { instanceType, market, subnet }: Candidate): string =>
  createHash('sha256')
    .update(JSON.stringify([job, round, attempt, instanceType, market, subnet]))
    .digest('hex')

const userDataOf = (job: Job, { request, round, attempt }: Attempt, deps: Requesting): string =>
  renderUserData(deps.startupScript, {
    MAYFLY_JOB: job.job,
    MAYFLY_ROUND: round,
    MAYFLY_ATTEMPT: attempt,
    MAYFLY_PAYER: job.payerId,
    MAYFLY_TYPE: job.fileType,
    MAYFLY_ROLE_ID: request.roleId,
    MAYFLY_REGION: deps.region,
    MAYFLY_INPUT_BUCKET: job.bucket,
    MAYFLY_INPUT_KEY: job.key,
    MAYFLY_INPUT_VERSION: job.version,
    MAYFLY_INPUT_BYTES: job.bytes,
    MAYFLY_RESULTS_BUCKET: deps.buckets.results,
    MAYFLY_PROCESSOR_BUCKET: deps.buckets.artifacts,
    MAYFLY_PROCESSOR_KEY: request.processor.key,
    MAYFLY_PROCESSOR_SHA256: request.processor.sha256,
    MAYFLY_VALIDATOR_KEY: request.validator?.key,
    MAYFLY_VALIDATOR_SHA256: request.validator?.sha256,
    MAYFLY_PROCESSOR_PACKAGES: request.processor.packages.join(' '),
    MAYFLY_RUN_SECONDS: request.runSeconds,
    MAYFLY_DEADLINE_MINUTES: request.deadlineMinutes,
    ...(request.hangMinutes === undefined ? {} : { MAYFLY_PROGRESS_SECONDS: progressSeconds(request.hangMinutes) }),
  })

/** The root device is that of the row's image: Mayfly's own has it where the launch template says. */
const withImage = (image: string | undefined, { request }: Attempt) => ({
  ...(image === undefined ? {} : { image }),
  ...(request.image === undefined || request.rootDevice === undefined ? {} : { rootDevice: request.rootDevice }),
})

/** What RunInstances is asked: made of the frozen attempt alone, so that the same token always carries the same parameters. */
export const requestOf = (job: Job, attempt: Attempt, candidate: Candidate, deps: Requesting): MachineRequest => ({
  ...withImage(imageOf(attempt.request.image, candidate.instanceType), attempt),
  candidate,
  launchTemplate: attempt.request.launchTemplate,
  clientToken: clientTokenOf(attempt, candidate),
  userData: userDataOf(job, attempt, deps),
  diskGiB: attempt.request.diskGiB,
  tags: {
    ...attempt.request.tags,
    Name: `mayfly ${job.payerId} ${job.fileType}`,
    app: 'mayfly',
    job: job.job,
    round: String(attempt.round),
    attempt: String(attempt.attempt),
    payer: job.payerId,
    type: job.fileType,
    Owner: deps.owner,
    TerminateAfter: new Date(attempt.request.terminateAfter).toISOString(),
  },
})
