import type { Policy } from '#domain/policy/policy'
import { type Attempt, type Candidate, isOver, type Job } from '#domain/schedule/items'

/** What `launch` must do for a token (design §6): a value that says why, so that the step only routes. */
export type NextLaunch =
  | { do: 'answer-success' }
  | { do: 'refuse'; error: 'RoundIsOver' | 'JobStopped' | 'AttemptsExhausted'; because: string }
  | { do: 'ignore'; because: string }
  | { do: 'adopt'; attempt: Attempt }
  | { do: 'open'; attempt: number }

/**
 * A Lambda retry never opens an attempt: an open one is adopted with the same candidate and the same client token, and a
 * token that a closed attempt already had is a late duplicate. Attempts are counted by recorded instances, not by refusals.
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
  const used = attempts.filter(({ instanceId }) => instanceId !== undefined).length
  if (used >= limit)
    return {
      do: 'refuse',
      error: 'AttemptsExhausted',
      because: `${used} of ${limit} attempts used; the last ended ${last?.state}`,
    }
  return { do: 'open', attempt: (last?.attempt ?? 0) + 1 }
}

/** Type × subnet in a deterministic order: the row's order of types, subnets rotated by the attempt, so that a relaunch meets another zone first. */
export const candidatesOf = (
  policy: Pick<Policy, 'instanceTypes'>,
  subnets: readonly string[],
  attempt: number,
): Candidate[] => {
  const start = (attempt - 1) % Math.max(1, subnets.length)
  const rotated = [...subnets.slice(start), ...subnets.slice(0, start)]
  return policy.instanceTypes.flatMap((instanceType) =>
    rotated.map((subnet): Candidate => ({ instanceType, market: 'on-demand', subnet })),
  )
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
