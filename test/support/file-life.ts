import { Superseded } from '#domain/ports/schedule-table'
import type { Attempt } from '#domain/schedule/items/attempt'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { runPrefix } from '#domain/schedule/run-prefix'
import type { MemoryWorld } from '#test/support/memory-world'

export type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

const ROLE = 'AROATEST'

/** `acme/member/a`, version 2 → job `acme-member-a-2`. */
export const jobOf = (key: string, version = 1): string => `${key.replaceAll('/', '-')}-${version}`

/** A file version in the landing bucket; a later version has a later sequencer unless the test says otherwise. */
export const landed = (key: string, version = 1, sequencer = `00${version}0`): Of<'landed'> => ({
  kind: 'landed',
  job: jobOf(key, version),
  bucket: 'landing',
  key,
  version: `v${version}`,
  sequencer,
  bytes: 1000,
})

export const deleted = (key: string, sequencer: string): Of<'deleted'> => ({
  kind: 'deleted',
  bucket: 'landing',
  key,
  sequencer,
})

export const parked = (job: string, token = `${job}-token`, more: Partial<Of<'parked'>> = {}): Of<'parked'> => ({
  kind: 'parked',
  job,
  round: 1,
  token,
  refusedTurn: 0,
  validation: { full: false, counts: {}, report: `reports/${job}/r1.json` },
  ...more,
})

/** What the state machine says of a job whose turn EC2 refused. */
export const refused = (job: string, turn: number, token: string): Of<'parked'> =>
  parked(job, token, { refusedTurn: turn })

export const over = (job: string, error?: string, cause?: string): Of<'over'> => ({
  kind: 'over',
  job,
  round: 1,
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
})

export const ended = (job: string, status: Of<'execution-ended'>['status'], error?: string): Of<'execution-ended'> => ({
  kind: 'execution-ended',
  job,
  round: 1,
  status,
  ...(error ? { error } : {}),
})

export const instance = (instanceId: string, state: string): Of<'instance'> => ({ kind: 'instance', instanceId, state })

export const resultWritten = (instanceId: string): Of<'result'> => ({
  kind: 'result',
  key: `${runPrefix(ROLE, instanceId)}result.json`,
})

export const launchRequest: Attempt['request'] = {
  candidates: [{ instanceType: 't3.small', market: 'on-demand', subnet: 'subnet-1' }],
  roleId: ROLE,
  launchTemplate: { id: 'lt-1', version: '1' },
  processor: { name: 'none', key: 'processors/none/0.tar.gz', sha256: '0'.repeat(64), packages: [] },
  runSeconds: 60,
  deadlineMinutes: 10,
  diskGiB: 20,
  terminateAfter: 2_000_000_000_000,
}

/** What `launch` writes, on the conditions of its transaction: the job at work in this round and turn, not stopped. */
export const writeAttempt = (world: MemoryWorld, attempt: Attempt, was: number | undefined): Attempt => {
  const job = world.job(attempt.job)
  const before = world.get(kinds.attempt, attempt.job, attempt.round, attempt.attempt)
  const atWork = (job.status === 'starting' || job.status === 'running') && !job.stop && !isOver(job.status)
  if (!atWork || job.round !== attempt.round || job.turn !== attempt.turn || before?.rev !== was)
    throw new Superseded(`${attempt.job} is ${job.status}, or its attempt is not at ${was}`)
  world.put(kinds.attempt, [attempt.job, attempt.round, attempt.attempt], attempt)
  const { job: id, round, attempt: n, instanceId } = attempt
  if (attempt.state === 'open') world.put(kinds.open, [id, round, n], { job: id, round, attempt: n })
  else world.remove(keys.open(id, round, n))
  if (instanceId !== undefined)
    world.put(kinds.instance, [instanceId], {
      ...world.get(kinds.instance, instanceId),
      instanceId,
      job: id,
      round,
      attempt: n,
    })
  return attempt
}

/** Opens the next attempt of a job's turn, with or without an instance. */
export const launch = (world: MemoryWorld, job: string, instanceId?: string, token = `${job}-run`): Attempt => {
  const { round, turn } = world.job(job)
  const last = world.under(`JOB#${job}`, keys.attemptPrefix(round)).length
  const opened: Attempt = {
    ...{ job, round, turn, attempt: last + 1, rev: 1, state: 'open', candidate: 0, request: launchRequest },
    tokens: [token],
    openedAt: world.now,
    ...(instanceId === undefined ? {} : { instanceId }),
  }
  return writeAttempt(world, opened, undefined)
}

/** The machine writes its result; the news of it is another matter. */
export const writeResult = (
  world: MemoryWorld,
  instanceId: string,
  outcome: 'succeeded' | 'failed' | 'retryable' = 'succeeded',
): void => {
  world.results.set(`${runPrefix(ROLE, instanceId)}result.json`, {
    ...{ scriptVersion: '1', job: 'whatever', round: 1, attempt: 1, outcome, reason: 'ok', exitCode: 0 },
    ...{ startedAt: '', endedAt: '', inputBytes: 1, outputBytes: 1, outputs: ['a'], peakMemoryBytes: 1, cpuSeconds: 1 },
  })
}

/** A whole happy life, in one go; the job's id. */
export const succeed = (world: MemoryWorld, key: string, version = 1): string => {
  const job = jobOf(key, version)
  if (!world.get(kinds.job, job)) world.run([landed(key, version)])
  if (world.job(job).status === 'validating') world.run([parked(job)])
  finish(world, job)
  return job
}

/** Runs an admitted job to its successful end. */
export const finish = (world: MemoryWorld, job: string): void => {
  const instanceId = `i-${job.replaceAll('-', '')}`
  launch(world, job, instanceId)
  writeResult(world, instanceId)
  world.run([resultWritten(instanceId)])
}
