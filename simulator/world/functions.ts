import { announcements } from '#adapters/memory/announcements'
import { type FileState, files } from '#adapters/memory/files'
import { type InboxState, inbox } from '#adapters/memory/inbox'
import { type MachineState, machines } from '#adapters/memory/machines'
import { pointers } from '#adapters/memory/pointers'
import { type PolicyState, policyTables } from '#adapters/memory/policy-tables'
import { processors } from '#adapters/memory/processors'
import { results } from '#adapters/memory/results'
import { type ScheduleState, scheduleTable } from '#adapters/memory/schedule-table'
import type { PayerFileDone } from '#domain/payer-file-done'
import type { Executions } from '#domain/ports/executions'
import { Input as LaunchInput, launch } from '#functions/launch/launch'
import type { Log } from '#functions/log'
import { progress } from '#functions/progress/progress'
import { reconfigure, Input as StreamInput } from '#functions/reconfigure/reconfigure'
import { Batch, schedule } from '#functions/schedule/schedule'
import { sweep } from '#functions/sweep/sweep'
import { Input as ValidateInput, validate } from '#functions/validate/validate'
import { type Faults, type Invocation, through } from './invocation.ts'

export type State = {
  schedule: ScheduleState
  policies: PolicyState
  inbox: InboxState
  files: FileState
  results: Map<string, string>
  machines: MachineState
  announced: PayerFileDone[]
}

/** What the world wants to hear of at once: a machine that started, a sum that the scheduler had to put right, what a decision rested on. */
type Heard = {
  launched(instanceId: string): void
  repaired(what: string): void
  decided?: ((transcript: unknown) => void) | undefined
}

/** The steps of `functions/`, as they are, each over ports that go through the world. */
export const functionsOf = (state: State, executions: Executions, faults: Faults, heard: Heard) => {
  const { clock, tell, random } = faults
  const now = clock.now
  const pushed = new Map([
    ['any', { name: 'any', key: 'processors/any/0.tar.gz', sha256: '0'.repeat(64), packages: [] }],
  ])
  /** DescribeInstances lags RunInstances: how long, is the machine's own. */
  const lag = new Map<string, number>()
  const ec2 = machines(state.machines, now)
  const lagging: typeof ec2 = {
    ...ec2,
    async run(request) {
      try {
        return await ec2.run(request)
      } finally {
        // Also when the answer is an error: the machine may run all the same.
        const started = state.machines.tokens.get(request.clientToken)
        if (started !== undefined) heard.launched(started)
      }
    },
    async list(next) {
      const page = await ec2.list(next)
      const seen = page.machines.filter(({ instanceId, launchedAt }) => {
        const known =
          lag.get(instanceId) ?? (random.chance(faults.odds()?.describeLag ?? 0) ? random.between(5_000, 90_000) : 0)
        lag.set(instanceId, known)
        return now() - launchedAt >= known
      })
      return { ...page, machines: seen }
    },
  }
  const raw = {
    table: scheduleTable(state.schedule),
    tables: policyTables(state.policies),
    files: files(state.files),
    results: results(state.results),
    pointers: pointers(state.results),
    announcements: announcements(state.announced),
    machines: lagging,
    inbox: inbox(state.inbox, now),
    processors: processors(pushed),
    executions,
  }
  const logOf = (invocation: Invocation): Log => {
    const say = (sentence: string, facts: Record<string, unknown> = {}): void =>
      tell(invocation.id, `${sentence} ${JSON.stringify(facts)}`)
    return {
      info: (sentence, facts) => (sentence === 'decided' ? say(sentence, facts) : undefined),
      warn: say,
      error(sentence, facts = {}) {
        say(sentence, facts)
        if (sentence.startsWith('a sum disagreed')) heard.repaired(JSON.stringify(facts))
      },
      measure: () => {},
      about: () => {},
    }
  }
  // Beside the world, not in it: a world with a journal is the same world.
  const { decided } = heard
  const journal = decided && { writeJson: async (_key: string, transcript: unknown) => decided(transcript) }
  const ports = (invocation: Invocation) => ({
    table: through(raw.table, 'table', invocation, faults),
    tables: through(raw.tables, 'tables', invocation, faults),
    files: through(raw.files, 'files', invocation, faults),
    results: through(raw.results, 'results', invocation, faults),
    pointers: through(raw.pointers, 'pointers', invocation, faults),
    announcements: through(raw.announcements, 'announcements', invocation, faults),
    machines: through(raw.machines, 'machines', invocation, faults),
    inbox: through(raw.inbox, 'inbox', invocation, faults),
    processors: through(raw.processors, 'processors', invocation, faults),
    executions: through(raw.executions, 'executions', invocation, faults),
    log: logOf(invocation),
    now,
  })

  return {
    raw,
    schedule: (invocation: Invocation, event: unknown) =>
      schedule(Batch.parse(event), { ...ports(invocation), resultsBucket: 'results', journal }),
    validate: (invocation: Invocation, event: unknown) => validate(ValidateInput.parse(event), ports(invocation)),
    launch: (invocation: Invocation, event: unknown) =>
      launch(LaunchInput.parse(event), {
        ...ports(invocation),
        buckets: { results: 'results', artifacts: 'artifacts' },
        launchTemplate: { id: 'lt-1', version: '1' },
        roleId: 'AROASIMULATED',
        subnets: ['subnet-a', 'subnet-b'],
        region: 'us-east-1',
        owner: 'nobody',
        startupScript: '',
        wait: (ms) => new Promise((resolve) => clock.after(ms, async () => resolve())),
      }),
    progress: (invocation: Invocation, key: string) => progress({ detail: { object: { key } } }, ports(invocation)),
    reconfigure: (invocation: Invocation, event: unknown) => reconfigure(StreamInput.parse(event), ports(invocation)),
    sweep: (invocation: Invocation) => sweep({ ...ports(invocation), landingBucket: 'landing', stock: {} }),
  }
}
export type Functions = ReturnType<typeof functionsOf>
