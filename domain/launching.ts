import { instanceTypes, needOf } from '#domain/policy/instance-types'
import type { MachinePolicy } from '#domain/policy/machine-fields'
import type { Policy } from '#domain/policy/policy'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Candidate } from '#domain/schedule/items/candidate'
import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'

/** What `launch` must do for a token (design §6): a value that says why, so that the step only routes. */
export type NextLaunch =
  | { do: 'answer-success' }
  | { do: 'refuse'; error: 'RoundIsOver' | 'JobStopped' | 'AttemptsExhausted'; because: string }
  | { do: 'ignore'; because: string }
  | { do: 'adopt'; attempt: Attempt }
  | { do: 'open'; attempt: number }

/**
 * A Lambda retry never opens an attempt: an open one is adopted with the same candidate and the same client token, and a
 * token that a closed attempt already had is a late duplicate. Attempts are counted by recorded instances; one that EC2 took
 * back for want of capacity before it ran is a refusal.
 */
export const nextLaunch = (
  job: Job | undefined,
  request: { round: number; turn: number; token: string },
  attempts: readonly Attempt[],
  limit: number,
): NextLaunch => {
  const last = attempts.at(-1)
  if (last?.state === 'succeeded' && last.round === request.round) return { do: 'answer-success' }
  if (!job || isOver(job.status) || job.round !== request.round || job.turn !== request.turn)
    return { do: 'refuse', error: 'RoundIsOver', because: `round ${request.round}, turn ${request.turn} is over` }
  if (job.stop) return { do: 'refuse', error: 'JobStopped', because: job.stop.because }
  if (last?.state === 'open') return { do: 'adopt', attempt: last }
  const told = attempts.find(({ tokens }) => tokens.includes(request.token))
  if (told) return { do: 'ignore', because: `attempt ${told.attempt} is closed and its tokens are answered` }
  const used = attempts.filter(({ instanceId, state }) => instanceId !== undefined && state !== 'refused').length
  if (used >= limit)
    return {
      do: 'refuse',
      error: 'AttemptsExhausted',
      because: `${used} of ${limit} attempts used; the last ended ${last?.state}`,
    }
  return { do: 'open', attempt: (last?.attempt ?? 0) + 1 }
}

/** Spot instances of the round that EC2 has taken back. */
export const spotLosses = (attempts: readonly Attempt[]): number =>
  attempts.filter(({ because }) => because === 'spot-interruption').length

/**
 * Market × type × subnet in a deterministic order: spot first while the policy wants it and EC2 has not taken back too many,
 * on-demand after it; the row's order of types; subnets rotated by the attempt, so that a relaunch meets another zone first.
 */
export const candidatesOf = (
  { instanceTypes: types, market, onDemandAfter }: Pick<MachinePolicy, 'instanceTypes' | 'market' | 'onDemandAfter'>,
  subnets: readonly string[],
  attempt: number,
  losses: number,
): Candidate[] => {
  const start = (attempt - 1) % Math.max(1, subnets.length)
  const rotated = [...subnets.slice(start), ...subnets.slice(0, start)]
  const markets =
    market === 'spot' && losses < onDemandAfter ? (['spot', 'on-demand'] as const) : ['on-demand' as const]
  return markets.flatMap((each) =>
    types.flatMap((instanceType) => rotated.map((subnet): Candidate => ({ instanceType, market: each, subnet }))),
  )
}

const ARM_IMAGE = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'

/** What RunInstances is told of the image; undefined: the launch template's, which is of x86_64. */
export const imageOf = (image: string | undefined, instanceType: string): string | undefined => {
  const wanted = image ?? (instanceTypes[instanceType]?.architecture === 'arm64' ? ARM_IMAGE : undefined)
  return wanted?.startsWith('/') ? `resolve:ssm:${wanted}` : wanted
}

/**
 * The row may have been edited since the job was admitted: an instance that takes more of the pool, or that may run longer
 * than the state waits, needs a new turn. Why, or undefined.
 */
export const outgrown = (
  { held, timeoutSeconds }: Pick<Job, 'held' | 'timeoutSeconds'>,
  machine: MachinePolicy,
): string | undefined => {
  const { vcpus } = needOf(machine.instanceTypes)
  if (held && vcpus > held.need.vcpus) return `its row now asks for ${vcpus} vCPUs; ${held.need.vcpus} were admitted`
  const { stateSeconds } = deadlinesOf(machine)
  if (timeoutSeconds !== undefined && stateSeconds > timeoutSeconds)
    return `its row now asks for ${stateSeconds} s; the state of this turn waits ${timeoutSeconds} s`
  return undefined
}

/** Minutes between the script's own deadline, the state's timeout and the machine's lease: three killers, one behind the other. */
const APART = 5

/** The three times that end a machine, independent of each other: the script's deadline < the state's timeout < `TerminateAfter`. */
export const deadlinesOf = (policy: Pick<Policy, 'bootMinutes' | 'maxRunMinutes'>) => {
  const deadlineMinutes = policy.bootMinutes + policy.maxRunMinutes + APART
  return {
    runSeconds: policy.maxRunMinutes * 60,
    deadlineMinutes,
    stateSeconds: (deadlineMinutes + APART) * 60,
    leaseMinutes: deadlineMinutes + 2 * APART,
  }
}
