import { announcements } from '#adapters/memory/announcements'
import { executions, noExecutions } from '#adapters/memory/executions'
import { drop, files, noFiles } from '#adapters/memory/files'
import { acknowledge, emptyInbox, inbox, receive } from '#adapters/memory/inbox'
import { machines, noMachines } from '#adapters/memory/machines'
import { pointers } from '#adapters/memory/pointers'
import { emptyPolicies, policyTables, putPool, putRow } from '#adapters/memory/policy-tables'
import { processors } from '#adapters/memory/processors'
import { results } from '#adapters/memory/results'
import { emptySchedule, scheduleTable } from '#adapters/memory/schedule-table'
import { jobIdOf } from '#domain/job-id'
import type { PayerFileDone } from '#domain/payer-file-done'
import type { PushedProcessor } from '#domain/ports/processors'
import type { StoredItem } from '#domain/schedule/books'
import * as kinds from '#domain/schedule/kinds'
import { runPrefix } from '#domain/schedule/run-prefix'
import { launch } from '#functions/launch/launch'
import type { Measure } from '#functions/metrics'
import { Batch, schedule } from '#functions/schedule/schedule'

export const LANDING = 'landing'
export const RESULTS = 'results'
export const ROLE = 'AROATEST'

const processor = (name: string): [string, PushedProcessor] => [
  name,
  { name, key: `processors/${name}/${'0'.repeat(64)}.tar.gz`, sha256: '0'.repeat(64), packages: ['nodejs20'] },
]

type Line = { level: 'info' | 'warn' | 'error'; sentence: string; facts: Record<string, unknown> }

/** All of Mayfly's steps over memory: one payer, `acme`, without a grace period; one pool for `instances` machines. */
export const stage = (instances = 2, rows: Record<string, unknown>[] = []) => {
  const state = {
    schedule: emptySchedule(),
    policies: emptyPolicies(),
    executions: noExecutions(),
    machines: noMachines(),
    inbox: emptyInbox(),
    landing: noFiles(),
    results: new Map<string, string>(),
    announced: [] as PayerFileDone[],
    processors: new Map([processor('members'), processor('claims')]),
  }
  // A fifth minute, for `sweep`, and not the one of its daily look.
  const clock = { now: 1_790_000_100_000 }
  const now = () => clock.now
  const lines: Line[] = []
  const measures: Measure[] = []
  const about: Record<string, unknown>[] = []
  const line =
    (level: Line['level']) =>
    (sentence: string, facts: Record<string, unknown> = {}): void =>
      void lines.push({ level, sentence, facts })
  const deps = {
    table: scheduleTable(state.schedule),
    tables: policyTables(state.policies),
    files: files(state.landing),
    results: results(state.results),
    pointers: pointers(state.results),
    announcements: announcements(state.announced),
    processors: processors(state.processors),
    executions: executions(state.executions),
    machines: machines(state.machines, now),
    inbox: inbox(state.inbox, now),
    resultsBucket: RESULTS,
    landingBucket: LANDING,
    stock: {},
    buckets: { results: RESULTS, artifacts: 'artifacts' },
    launchTemplate: { id: 'lt-1', version: '7' },
    roleId: ROLE,
    subnets: ['subnet-a', 'subnet-b'],
    region: 'us-east-1',
    owner: 'analysts@example.org',
    startupScript: '#!/bin/bash\necho started\n',
    now,
    wait: async (ms: number) => {
      clock.now += ms
    },
    log: {
      ...{ info: line('info'), warn: line('warn'), error: line('error') },
      measure: (some: readonly Measure[]) => void measures.push(...some),
      about: (facts: Record<string, unknown>) => void about.push(facts),
    },
  }
  for (const row of [{ payerId: 'acme', fileType: '*', pool: 'p', graceSeconds: 0 }, ...rows])
    putRow(state.policies, { payerId: 'acme', fileType: '*', ...row })
  putPool(state.policies, { pool: 'p', maxVcpus: 2 * instances, maxInstances: instances })

  let sequencer = 0
  const put = (bucket: string, key: string, more: object = {}) => ({
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key, ...more } },
  })
  const itemsOf = (pk: string, prefix = ''): StoredItem[] =>
    [...(state.schedule.partitions.get(pk)?.values ?? [])]
      .filter(([sk]) => sk.startsWith(prefix))
      .map(([sk, value]) => ({ pk, sk, value }))

  const world = {
    state,
    clock,
    deps,
    lines,
    about,
    measures,
    itemsOf,
    job: (id: string) => kinds.job.schema.parse(itemsOf(`JOB#${id}`, 'STATE')[0]?.value),
    attempts: (id: string) => itemsOf(`JOB#${id}`, 'ATTEMPT#').map(({ value }) => kinds.attempt.schema.parse(value)),

    /** `schedule` gets these bodies as one batch. */
    say: (bodies: readonly unknown[], receives = 1, over: Partial<typeof deps> = {}) =>
      schedule(
        Batch.parse({
          Records: bodies.map((body, n) => ({
            ...{
              messageId: `m${n}`,
              receiptHandle: `r${n}`,
              attributes: { ApproximateReceiveCount: String(receives) },
            },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          })),
        }),
        { ...deps, ...over },
      ),

    /** What the steps have put in the inbox: received and acknowledged. */
    heard() {
      const all: { group: string; message: Record<string, unknown> }[] = []
      for (let found = receive(state.inbox, clock.now); found.length > 0; found = receive(state.inbox, clock.now)) {
        all.push(...found.map(({ group, body }) => ({ group, message: JSON.parse(body) })))
        acknowledge(
          state.inbox,
          clock.now,
          found.map(({ receipt = '' }) => receipt),
        )
      }
      return all
    },

    /** `schedule` works off what the steps put in the inbox, until nothing comes any more. */
    async drain(): Promise<void> {
      for (let found = world.heard(); found.length > 0; found = world.heard())
        await world.say(found.map(({ message }) => message))
    },

    /** A payer drops a file: its job, and S3's event. */
    drop(key: string, content: string | Uint8Array | number = 1000) {
      const version = drop(state.landing, { bucket: LANDING, key }, content, clock.now)
      const size = typeof content === 'number' ? content : Buffer.from(content).length
      sequencer += 1
      const event = put(LANDING, key, { size, 'version-id': version, sequencer: String(sequencer).padStart(4, '0') })
      return { job: jobIdOf({ bucket: LANDING, key, version }), event, version }
    },

    /** The state machine has validated the file and waits for its turn with this token. */
    parked(job: string, token = `${job}-turn`) {
      state.executions.tokens.set(token, undefined)
      const validation = { full: false, counts: {}, report: `reports/${job}/r1.json` }
      return { kind: 'parked', job, round: 1, token, refusedTurn: 0, validation }
    },

    /** The state machine enters RunOnInstance with this token. */
    async launch(job: string, token = `${job}-run`, over: Partial<typeof deps> = {}): Promise<void> {
      state.executions.tokens.set(token, undefined)
      await launch({ job, round: 1, turn: world.job(job).turn, token }, { ...deps, ...over })
    },

    answer: (token: string) => state.executions.tokens.get(token),

    /** The machine of the job's latest attempt writes its result: S3's event. */
    result(job: string, change: object = {}) {
      const instanceId = world.attempts(job).at(-1)?.instanceId ?? 'none'
      const key = `${runPrefix(ROLE, instanceId)}result.json`
      const result = {
        ...{ scriptVersion: '1', job, round: 1, attempt: 1, outcome: 'succeeded', reason: 'ok', exitCode: 0 },
        ...{ startedAt: '', endedAt: '', inputBytes: 1, outputBytes: 1, outputs: ['out.json'] },
        ...{ peakMemoryBytes: 1, cpuSeconds: 1 },
      }
      state.results.set(key, JSON.stringify({ ...result, ...change }))
      return put(RESULTS, key)
    },

    /** A file from its arrival to its admission. */
    async admit(key: string): Promise<string> {
      const { job, event } = world.drop(key)
      await world.say([event])
      await world.say([world.parked(job)])
      return job
    },

    /** A file from its arrival to its successful end. */
    async succeed(key: string): Promise<string> {
      const job = await world.admit(key)
      await world.launch(job)
      state.results.set(`${runPrefix(ROLE, world.attempts(job)[0]?.instanceId ?? '')}out/out.json`, '{}')
      await world.say([world.result(job)])
      return job
    },
  }
  return world
}
export type Stage = ReturnType<typeof stage>

/** An error with AWS's name, as the SDK throws it. */
export const awsError = (name: string, message = name): Error => Object.assign(new Error(message), { name })
