import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import type { World } from '../world/world.ts'
import type { Check } from './check.ts'
import { replaced, succeededInS3 } from './referee.ts'

const final = ['succeeded', 'withdrawn', 'superseded']
/** Ends for which nothing but an outage that outlasted every retry is to blame. */
const outages = [
  ...['States.Timeout', 'Lambda.ServiceException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'],
  ...['SQS.AmazonSQSException', 'SQS.SdkClientException', 'Runtime.ExitError', 'Sandbox.Timedout', 'TimeoutError'],
  ...['ThrottlingException', 'Superseded', 'LaunchUnclear', 'LaunchRejected'],
]

const did = (job: Job, action: string): boolean => (job.history ?? []).some((act) => act.action === action)

/** Why a file ended badly must be what really happened to it. */
const untrue = (world: World, job: Job): string | undefined => {
  const lives = [...world.journal.machines.values()].filter((life) => life.job === job.job && life.round === job.round)
  const wrote = (outcome: string): boolean => lives.some((life) => life.outcome === outcome)
  // What a machine still writes after its owner's stop does not count.
  const stop =
    job.because === 'stopped-by-owner' ? (job.history ?? []).findLast(({ action }) => action === 'stop') : undefined
  const decided = stop?.at ?? job.endedAt ?? 0
  const counted = lives.find(
    (life) =>
      life.outcome === 'succeeded' &&
      (life.writtenAt ?? 0) < decided &&
      [...world.journal.attempts.values()].some(({ attempt }) => attempt.instanceId === life.instanceId),
  )
  if (counted) return `${counted.instanceId} had written its success`
  const because = job.because ?? ''
  if (because === 'stopped-by-hand')
    return world.journal.stopped.has(job.execution ?? '') ? undefined : 'nobody stopped its execution'
  if (because === 'stopped-by-owner') return did(job, 'stop') ? undefined : 'its owner did not ask for it'
  if (because === 'ProcessorFailed') return wrote('failed') ? undefined : 'its processor did not fail'
  if (because === 'AttemptsExhausted')
    return lives.filter(({ refused }) => !refused).length >= world.inForce.policy(job.payerId, job.fileType).attempts
      ? undefined
      : 'it had attempts left'
  // An end that only the sweep found comes without its error (ListExecutions has none).
  if (because === 'FAILED')
    return world.machine.executions.get(job.execution ?? '')?.status === 'FAILED'
      ? undefined
      : 'its execution did not fail'
  if (!outages.includes(because)) return 'that is no reason'
  const faults = Object.values(world.plan.odds).some((odds) => odds > 0)
  return faults ? undefined : 'nothing went wrong in this world'
}

const wrongEnd = (world: World, job: Job, sound: boolean): string | undefined => {
  switch (job.status) {
    case 'succeeded':
      if (world.machine.executions.get(job.execution ?? '')?.error === 'RoundIsOver')
        return 'its execution was told that the round is over, not that it succeeded'
      return succeededInS3(world, job.job) ? undefined : 'no machine wrote its success'
    case 'superseded':
      return replaced(world, job) ? undefined : 'nobody replaced it'
    case 'withdrawn':
      return replaced(world, job) || did(job, 'withdraw') ? undefined : 'nobody withdrew it'
    case 'rejected':
      return sound ? 'it is sound' : undefined
    case 'failed':
      return untrue(world, job)
    default:
      return undefined
  }
}

/** I4: each file version reaches exactly one end, for a true reason, or is held. */
export const ends: Check = {
  name: 'I4',
  onCommit(_world, { changed }) {
    return changed.flatMap(({ before, after }) => {
      if (!before || before.status === after.status) return []
      const reopened = isOver(before.status) && !isOver(after.status) && !did(after, 'retry')
      return final.includes(before.status) || reopened
        ? [`${after.key} (${after.job}) was ${before.status} and is ${after.status}`]
        : []
    })
  },
  atRest(world) {
    return world.journal.landings.flatMap(({ job: id, key, sound }) => {
      const job = world.journal.jobs.get(id)
      if (!job) return [`${key} (${id}) landed and was never registered`]
      if (job.status === 'succeeded' && !sound) return [`${key} (${id}) is unsound and succeeded`]
      const stays = ['registered', 'waiting', 'failed', 'rejected'].includes(job.status)
      if (stays && replaced(world, job)) return [`${key} (${id}) is ${job.status}, though it was replaced or deleted`]
      const wrong = wrongEnd(world, job, sound)
      return wrong ? [`${key} (${id}) is ${job.status}, ${job.because}: ${wrong}`] : []
    })
  },
}
