import { createHash } from 'node:crypto'
import { refusalOf } from '#domain/launch-errors'
import type { Executions } from '#domain/ports/executions'
import type { Files } from '#domain/ports/files'
import type { MachineRequest, Machines } from '#domain/ports/machines'
import type { Results } from '#domain/ports/results'
import { type ScheduleTable, Superseded } from '#domain/ports/schedule-table'
import { progressSeconds } from '#domain/progress'
import { Attempt, type Candidate, type Job } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import { CapacityUnavailable, LaunchRejected, LaunchUnclear } from '#functions/launch/launch-errors'
import { renderUserData } from '#functions/launch/user-data'
import type { Log } from '#functions/log'

export type Running = {
  table: Pick<ScheduleTable, 'writeAttempt' | 'items'>
  machines: Pick<Machines, 'run' | 'terminate'>
  executions: Pick<Executions, 'fail' | 'succeed'>
  files: Pick<Files, 'tags' | 'writeTags'>
  results: Pick<Results, 'copy' | 'writeText'>
  buckets: { results: string; artifacts: string }
  region: string
  now: () => number
  owner: string
  /** The text of `startup.sh`. */
  startupScript: string
  log: Log
}

/** At most 64 characters; made of the candidate too, for tokens are zonal (lessons 4). */
export const clientTokenOf = ({ job, round, attempt }: Attempt, { instanceType, market, subnet }: Candidate): string =>
  createHash('sha256')
    .update(JSON.stringify([job, round, attempt, instanceType, market, subnet]))
    .digest('hex')

const userDataOf = (job: Job, { request, round, attempt }: Attempt, deps: Running): string =>
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
    MAYFLY_PROCESSOR_PACKAGES: request.processor.packages.join(' '),
    MAYFLY_RUN_SECONDS: request.runSeconds,
    MAYFLY_DEADLINE_MINUTES: request.deadlineMinutes,
    ...(request.hangMinutes === undefined ? {} : { MAYFLY_PROGRESS_SECONDS: progressSeconds(request.hangMinutes) }),
  })

const requestOf = (job: Job, attempt: Attempt, candidate: Candidate, deps: Running): MachineRequest => ({
  candidate,
  launchTemplate: attempt.request.launchTemplate,
  clientToken: clientTokenOf(attempt, candidate),
  userData: userDataOf(job, attempt, deps),
  diskGiB: attempt.request.diskGiB,
  tags: {
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

const fenceOf = ({ job, round, turn }: Attempt) => ({ job, round, turn })

const move = async (attempt: Attempt, change: Partial<Attempt>, deps: Running): Promise<Attempt> => {
  const moved = { ...attempt, ...change, rev: attempt.rev + 1 }
  await deps.table.writeAttempt({ attempt: moved, was: attempt.rev, job: fenceOf(attempt) })
  return moved
}

/** Another token may be added to the attempt, or a transaction be in our way, so often before the state machine tries again. */
const MAX_RECORD_TRIES = 5

/**
 * Records the instance while the attempt is open and has none; one that has this one has been served by another token.
 * Otherwise the instance is ended at once: a machine that no attempt owns must not work.
 * An open attempt is always one of a job at work: what closes a round closes its attempt in the same transaction.
 */
const record = async (opened: Attempt, instanceId: string, deps: Running): Promise<Attempt | undefined> => {
  let attempt = opened
  for (let tries = 1; ; tries += 1) {
    const recorded = { ...attempt, instanceId, launchedAt: deps.now(), rev: attempt.rev + 1 }
    try {
      await deps.table.writeAttempt({ attempt: recorded, was: attempt.rev, job: fenceOf(attempt), instanceId })
      return recorded
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      const [item] = await deps.table.items([keys.attempt.key(opened.job, opened.round, opened.attempt)])
      attempt = Attempt.parse(item?.value)
      const ours = attempt.state === 'open' && (attempt.instanceId ?? instanceId) === instanceId
      if (ours && attempt.instanceId !== undefined) return attempt
      if (ours && tries >= MAX_RECORD_TRIES) throw error
      if (ours) continue
    }
    deps.log.warn('an instance came too late for its attempt and is terminated', { job: attempt.job, instanceId })
    await deps.machines.terminate(instanceId)
    // Whoever refused the attempt answered its own token only; this one asks anew. Other ends are told to all tokens.
    if (attempt.state === 'refused')
      throw new Superseded(`attempt ${attempt.attempt} was refused by another invocation`)
    return undefined
  }
}

/** What a refusal means for the attempt: on to the next candidate, or a throw. */
const refused = async (attempt: Attempt, candidate: Candidate, error: unknown, deps: Running): Promise<Attempt> => {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  const refusal = refusalOf(name)
  deps.log.warn('EC2 did not start the candidate', { job: attempt.job, ...candidate, refused: name, refusal })
  if (refusal === 'later') throw new LaunchUnclear(`${name}: ${message}`)
  if (refusal === 'next') return move(attempt, { candidate: attempt.candidate + 1 }, deps)
  await move(attempt, { state: 'refused', error: name }, deps)
  throw new LaunchRejected(`${name}: ${message}`)
}

/**
 * Asks EC2 for the attempt's candidates in turn. An unclear answer is asked again with the same candidate and client
 * token until it is definite. Undefined: the attempt was closed meanwhile.
 * @throws CapacityUnavailable when every candidate was refused, LaunchRejected, LaunchUnclear
 */
export const runMachine = async (job: Job, opened: Attempt, deps: Running): Promise<Attempt | undefined> => {
  let attempt = opened
  if (attempt.instanceId !== undefined) return attempt
  for (;;) {
    const candidate = attempt.request.candidates[attempt.candidate]
    if (!candidate) {
      await move(attempt, { state: 'refused', error: 'CapacityUnavailable' }, deps)
      throw new CapacityUnavailable(`EC2 refused all ${attempt.candidate} candidates of attempt ${attempt.attempt}`)
    }
    let instanceId: string
    // Only EC2's own words are a refusal: an error of our table must not close an attempt whose machine runs.
    try {
      instanceId = await deps.machines.run(requestOf(job, attempt, candidate, deps))
    } catch (error) {
      attempt = await refused(attempt, candidate, error, deps)
      continue
    }
    return record(attempt, instanceId, deps)
  }
}
