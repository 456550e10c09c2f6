import * as z from 'zod'
import { type NextLaunch, nextLaunch, spotLosses } from '#domain/launching'
import type { MachinePolicy } from '#domain/policy/machine-fields'
import { machineFor } from '#domain/policy/machine-for'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items/attempt'
import { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import { jobFacts } from '#functions/job-facts'
import { checkBoots } from '#functions/launch/check-boots'
import { handOver } from '#functions/launch/hand-over'
import { AttemptsExhausted } from '#functions/launch/launch-errors'
import { type Opening, openAttempt } from '#functions/launch/open-attempt'
import { type Running, runMachine } from '#functions/launch/run-machine'
import { policyOf } from '#functions/policy-of'
import { JobStopped, RoundIsOver } from '#functions/round-errors'

export const Input = z.object({ job: z.string(), round: z.int(), turn: z.int(), token: z.string() })
export type Input = z.infer<typeof Input>

export type Deps = Opening & Running & { table: ScheduleTable; tables: Pick<PolicyTables, 'rows'> }

const refusals = { RoundIsOver, JobStopped, AttemptsExhausted }

/** A round has a handful of attempts, and one for every turn that EC2 refused. */
const PAGE = 50

const attemptsOf = async (table: ScheduleTable, { job, round }: Input): Promise<Attempt[]> => {
  const attempts: Attempt[] = []
  for (let after: string | undefined; ; ) {
    const where = { pk: `JOB#${job}`, prefix: keys.attemptPrefix(round), limit: PAGE }
    const { items, complete } = await table.page({ ...where, ...(after === undefined ? {} : { after }) })
    attempts.push(...items.map(({ value }) => Attempt.parse(value)))
    if (complete) return attempts
    after = items.at(-1)?.sk
  }
}

type Facts = { job: Job; machine: MachinePolicy; losses: number }

const ownAttempt = async (
  next: NextLaunch,
  input: Input,
  { job, machine, losses }: Facts,
  deps: Deps,
): Promise<Attempt> => {
  if (next.do === 'open') return openAttempt(job, { attempt: next.attempt, losses }, machine, input, deps)
  if (next.do !== 'adopt') throw new Error(`no attempt to work for: ${next.do}`)
  const { attempt } = next
  if (attempt.tokens.includes(input.token)) return attempt
  const adopted = { ...attempt, rev: attempt.rev + 1, tokens: [...attempt.tokens, input.token] }
  await deps.table.writeAttempt({ attempt: adopted, was: attempt.rev, job: input })
  return adopted
}

/** One instance for one turn of one round; safe to run any number of times with the same or another token. */
const launchOnce = async (input: Input, deps: Deps): Promise<void> => {
  deps.log.about({ job: input.job, round: input.round, turn: input.turn })
  const [item] = await deps.table.items([keys.job(input.job)])
  const job = item ? Job.parse(item.value) : undefined
  if (job) deps.log.about(jobFacts(job))
  const attempts = await attemptsOf(deps.table, input)
  const policy = job && (await policyOf(deps, job.payerId, job.fileType))
  const machine = policy && machineFor(policy, job.bytes)
  const next = nextLaunch(job, input, attempts, machine?.attempts ?? 0)
  deps.log.info('launching', { decision: next.do })
  if (next.do === 'ignore') return
  if (next.do === 'answer-success') return deps.executions.succeed(input.token, { attempt: attempts.length })
  if (next.do === 'refuse' || !job || !policy || !machine)
    throw next.do === 'refuse' ? new refusals[next.error](next.because) : new RoundIsOver('no such job')
  if (next.do === 'open') await checkBoots(job, policy, deps.table)
  const attempt = await ownAttempt(next, input, { job, machine, losses: spotLosses(attempts) }, deps)
  deps.log.about({ attempt: attempt.attempt })
  if (next.do === 'open' && next.attempt > 1) deps.log.measure([{ metric: 'Retried', value: 1, by: 'machine' }])
  const running = await runMachine(job, attempt, deps)
  if (running) await handOver(job, running, deps)
}

/** Ends that belong to a file's life, and EC2 that is busy: the state machine goes on. Whatever else it is, a person must know. */
const expected = [
  'CapacityUnavailable',
  'AttemptsExhausted',
  'RoundIsOver',
  'JobStopped',
  'Superseded',
  'LaunchUnclear',
]

/**
 * `launch`: any error is the token's answer, by name, so that the state machine can route it. (Lambda's own error would do
 * on AWS; the emulator swallows it in a task that waits for a token, and one way for both is simpler.)
 */
export const launch = async (input: Input, deps: Deps): Promise<void> => {
  try {
    await launchOnce(input, deps)
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    deps.log.warn('no instance was launched', { failed: name, reason: message })
    if (!expected.includes(name)) deps.log.measure([{ metric: 'LaunchFailed', value: 1 }])
    await deps.executions.fail(input.token, name, message)
  }
}
