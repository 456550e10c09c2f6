import type { Message } from '#domain/schedule/messages'
import { runPrefix } from '#domain/schedule/run-prefix'
import { schedule } from '#functions/schedule/schedule'
import { attemptOf, resultOf, tokenFor } from './file-life.ts'
import type { Ports } from './meter.ts'

/** A job that was admitted, its machine when it has one. */
export type AtWork = { job: string; turn: number; instanceId: string }

/** A batch as SQS hands it to the function. */
const BATCH = 10

/**
 * The real step `schedule`, and around it the least that keeps it going: Step Functions counts answers, `launch` opens
 * one attempt a turn, a machine succeeds when told to, the inbox is a list. Whatever it logs as an error ends the benchmark.
 */
export const driver = (ports: Ports, from: number) => {
  const admitted: { job: string; turn: number }[] = []
  const running: AtWork[] = []
  const started: string[] = []
  const inbox: unknown[] = []
  const results = new Map<string, unknown>()
  let clock = from
  let heard = 0
  const complain = (sentence: string, facts: object = {}): never => {
    throw new Error(`the step complained: ${sentence} ${JSON.stringify(facts)}`)
  }

  const deps = {
    files: {
      head: async () => undefined,
      list: async () => ({ files: [] }),
      read: async () => complain('read'),
      tags: async () => ({}),
      writeTags: async () => {},
    },
    results: { readJson: async (key: string) => results.get(key), writeText: async () => {} },
    pointers: { read: async () => undefined, write: async () => true },
    announcements: { publish: async () => {} },
    executions: {
      start: async ({ input }: { input: Record<string, unknown> }) => {
        started.push(String(input['job']))
      },
      ended: async () => [],
      fail: async (token: string, error: string) =>
        complain('a token was failed', { token: token.slice(0, 40), error }),
      succeed: async (token: string, output: Record<string, unknown>) => {
        const turn = output['turn']
        if (typeof turn === 'number') admitted.push({ job: token.split('.')[0] ?? '', turn })
      },
    },
    machines: { terminate: async () => {}, console: async () => undefined, find: async () => undefined },
    inbox: {
      send: async (_group: string, body: string) => {
        inbox.push(JSON.parse(body))
      },
      retryIn: async () => {},
    },
    resultsBucket: 'results',
    now: () => clock,
    log: { info: () => {}, warn: complain, error: complain, measure: () => {}, about: () => {} },
  }

  return {
    admitted,
    running,
    /** Jobs whose execution was started. */
    started,
    inbox,

    /** One batch, through the given ports: those of the driver, or the same ones counted. */
    async hear(messages: readonly unknown[], through: Ports = ports): Promise<void> {
      clock += 1000
      const Records = messages.map((message) => ({
        messageId: String(++heard),
        receiptHandle: String(heard),
        body: JSON.stringify(message),
        attributes: { ApproximateReceiveCount: 1 },
      }))
      const { batchItemFailures } = await schedule({ Records }, { ...deps, ...through })
      if (batchItemFailures.length > 0) complain('messages failed', { batchItemFailures })
    },

    async hearAll(messages: readonly unknown[]): Promise<void> {
      for (let i = 0; i < messages.length; i += BATCH) await this.hear(messages.slice(i, i + BATCH))
    },

    /** Messages that the scheduler sent to itself. */
    async goOn(through: Ports = ports): Promise<void> {
      while (inbox.length > 0) await this.hear(inbox.splice(0, BATCH), through)
    },

    /** `launch`, for everything that was admitted since. */
    async launch(): Promise<AtWork[]> {
      const launched: AtWork[] = []
      for (const { job, turn } of admitted.splice(0)) {
        const instanceId = `i-${job.slice(-17)}`
        const attempt = { ...attemptOf(job, turn, clock), instanceId }
        await ports.table.writeAttempt({ attempt, was: undefined, job: { job, round: 1, turn }, instanceId })
        launched.push({ job, turn, instanceId })
      }
      running.push(...launched)
      return launched
    },

    /** The machine writes its result; what S3 says about that. */
    succeed({ job, instanceId }: AtWork): Message {
      const key = `${runPrefix('AROABENCH', instanceId)}result.json`
      results.set(key, resultOf(job, clock))
      return { kind: 'result', key }
    },
  }
}
export type Driver = ReturnType<typeof driver>

/** What else is said of a file that succeeded: the state machine's word, and EC2's. */
export const afterwards = ({ job, instanceId }: AtWork): Message[] => [
  { kind: 'over', job, round: 1 },
  { kind: 'instance', instanceId, state: 'terminated' },
]

export const startsRunning = ({ instanceId }: AtWork): Message => ({ kind: 'instance', instanceId, state: 'running' })

/** From the state machine: sound, and waiting with a token. */
export const parks = (job: string): Message => ({
  kind: 'parked',
  job,
  round: 1,
  token: tokenFor(job),
  refusedTurn: 0,
  validation: { full: false, counts: { segments: 1000, claims: 40 }, report: `reports/${job}/r1.json` },
})
