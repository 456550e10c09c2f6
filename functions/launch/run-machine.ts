import { refusalOf } from '#domain/launch-errors'
import type { Executions } from '#domain/ports/executions'
import type { Files } from '#domain/ports/files'
import type { Machines } from '#domain/ports/machines'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { firstFree, refusedAt } from '#domain/refusals'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Candidate } from '#domain/schedule/items/candidate'
import type { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import { CapacityUnavailable, LaunchRejected, LaunchUnclear } from '#functions/launch/launch-errors'
import { clientTokenOf, type Requesting, requestOf } from '#functions/launch/machine-request'
import { recentRefusals } from '#functions/launch/recent-refusals'
import { fenceOf, recordMachine } from '#functions/launch/record-machine'
import type { Log } from '#functions/log'

export type Running = Requesting & {
  table: Pick<ScheduleTable, 'writeAttempt' | 'items' | 'page' | 'write'>
  machines: Pick<Machines, 'run' | 'terminate' | 'byClientToken'>
  executions: Pick<Executions, 'fail' | 'succeed'>
  files: Pick<Files, 'tags' | 'writeTags'>
  results: Pick<Results, 'copy' | 'writeText' | 'writeJson'>
  now: () => number
  wait: (ms: number) => Promise<void>
  log: Log
}

const move = async (attempt: Attempt, change: Partial<Attempt>, deps: Running): Promise<Attempt> => {
  const moved = { ...attempt, ...change, rev: attempt.rev + 1 }
  await deps.table.writeAttempt({ attempt: moved, was: attempt.rev, job: fenceOf(attempt) })
  return moved
}

type Asked = { attempt: Attempt; candidate: Candidate; name: string; message: string }

/** On to the next candidate that nobody was refused in the last minutes, this refusal remembered; or the end of the attempt. */
const goOn = async ({ attempt, candidate, name }: Asked, deps: Running): Promise<Attempt> => {
  const now = deps.now()
  const refusal = refusedAt(candidate, name, now)
  await deps.table.write(keys.refusal(candidate), refusal)
  const { candidates } = attempt.request
  const known = [...(await recentRefusals(deps.table)), refusal]
  const next = firstFree(candidates, known, attempt.candidate + 1, now)
  if (next !== undefined) return move(attempt, { candidate: next }, deps)
  await move(attempt, { state: 'refused', candidate: candidates.length, error: 'CapacityUnavailable' }, deps)
  throw new CapacityUnavailable(`EC2 refused all ${candidates.length} candidates of attempt ${attempt.attempt}`)
}

/** EC2 has started a machine for this token with other parameters: it works for the same attempt, so it is ours. */
const lookFor = async ({ attempt, candidate, name, message }: Asked, deps: Running): Promise<Attempt | undefined> => {
  const found = await deps.machines.byClientToken(clientTokenOf(attempt, candidate))
  if (!found) throw new LaunchUnclear(`${name}: ${message}; EC2 does not show what the client token started`)
  return recordMachine(attempt, found.instanceId, deps)
}

/**
 * EC2 takes 2 RunInstances a second, and 5 at once (aws-facts). A start takes 2.5 s and more; so does every refusal here,
 * the answer's own time included: five invocations at once then ask twice a second at most.
 */
const PACE_MS = 2500
/** So long one invocation goes from candidate to candidate, of the 120 s that it has; the state machine's retry goes on. */
const ASKING_MS = 80_000

/** What EC2's refusal means: the attempt at its next candidate, or a throw. */
const refused = async (asked: Asked, askedAt: number, deps: Running): Promise<Attempt> => {
  const { attempt, name, message } = asked
  await deps.wait(Math.max(0, askedAt + PACE_MS - deps.now()))
  const refusal = refusalOf(name)
  if (refusal === 'later') throw new LaunchUnclear(`${name}: ${message}`)
  if (refusal !== 'fatal') return goOn(asked, deps)
  await move(attempt, { state: 'refused', error: name }, deps)
  throw new LaunchRejected(`${name}: ${message}`)
}

/**
 * Asks EC2 for the attempt's candidates in turn. An unclear answer is asked again with the same candidate and client
 * token until it is definite. Undefined: the attempt was closed meanwhile.
 * @throws CapacityUnavailable when every candidate was refused, LaunchRejected, LaunchUnclear
 */
export const runMachine = async (job: Job, opened: Attempt, deps: Running): Promise<Attempt | undefined> => {
  if (opened.instanceId !== undefined) return opened
  const began = deps.now()
  for (let attempt = opened; ; ) {
    const candidate = attempt.request.candidates[attempt.candidate]
    if (!candidate) throw new LaunchRejected(`attempt ${attempt.attempt} has no candidate ${attempt.candidate}`)
    const askedAt = deps.now()
    let instanceId: string
    // Only EC2's own words are a refusal: an error of our table must not close an attempt whose machine runs.
    try {
      instanceId = await deps.machines.run(requestOf(job, attempt, candidate, deps))
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      deps.log.warn('EC2 did not start the candidate', { ...candidate, refused: name })
      const asked = { attempt, candidate, name, message }
      if (refusalOf(name) === 'look') return lookFor(asked, deps)
      attempt = await refused(asked, askedAt, deps)
      if (deps.now() - began > ASKING_MS) throw new LaunchUnclear(`${name}: there are candidates left to ask for`)
      continue
    }
    return recordMachine(attempt, instanceId, deps)
  }
}
