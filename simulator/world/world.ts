import { noFiles } from '#adapters/memory/files'
import { emptyInbox } from '#adapters/memory/inbox'
import { noMachines } from '#adapters/memory/machines'
import { emptyPolicies } from '#adapters/memory/policy-tables'
import { emptySchedule } from '#adapters/memory/schedule-table'
import type { Executions } from '#domain/ports/executions'
import definition from '../../statemachines/payer-file.asl.json' with { type: 'json' }
import { Definition } from '../asl/definition.ts'
import { type Execution, type Services, type StateMachine, stateMachine } from '../asl/state-machine.ts'
import { type Clock, clockFrom } from '../clock.ts'
import { type Random, randomOf } from '../random.ts'
import { type EventBridge, eventBridge } from './events.ts'
import { type Functions, functionsOf, type State } from './functions.ts'
import { type InForce, inForce } from './in-force.ts'
import type { Call, Faults } from './invocation.ts'
import { emptyJournal, type Journal } from './journal.ts'
import { type Lambda, lambda } from './lambda.ts'
import { type Machinery, machineLife } from './machine-life.ts'
import type { Plan } from './plan.ts'
import { type Pump, pump } from './pump.ts'
import { type Streams, streams } from './streams.ts'

export type World = {
  plan: Plan
  start: number
  clock: Clock
  state: State
  journal: Journal
  inForce: InForce
  /** Edits that no decision has heard of yet: number (or what is left of one) → row. */
  unsettled: Map<string, string>
  machine: StateMachine
  machinery: Machinery
  functions: Functions
  lambda: Lambda
  pump: Pump
  streams: Streams
  events: EventBridge
  send(group: 'landed' | 'facts', body: string): Promise<void>
  sequencer(): string
  /** Does the schedule of `sweep` miss a minute? */
  sweepMissed(odds: number): boolean
  tell(who: string, what: string): void
}

const payerFile = Definition.parse(definition)
/** 2026-01-01T00:00:00Z: a sequencer, a token and a story are the same on every machine. */
const START = 1_767_225_600_000
const capacityErrors = ['InsufficientInstanceCapacity', 'VcpuLimitExceeded', 'Unsupported', 'InternalError'] as const

const machineFault = (random: Random, faults: Faults) => () => {
  const chance = faults.odds()
  if (!chance || !random.chance(chance.refused)) return undefined
  const error = random.pick(capacityErrors)
  return { error, ...(error === 'InternalError' && random.chance(0.5) ? { started: true } : {}) }
}

/** Step Functions' way to our functions and to the inbox, with what can go wrong on it. */
const servicesOf = (world: () => World, faults: Faults): Services => {
  const { clock, random, odds, tell } = faults
  return {
    invoke(name, payload, done) {
      const step = name.includes('ValidateFunctionArn') ? 'validate' : 'launch'
      const { functions, lambda: runs } = world()
      const unreachable = random.chance(odds()?.lambdaError ?? 0)
      const before = random.chance(0.5)
      if (unreachable && before) return done({ error: 'Lambda.ServiceException', cause: 'simulated' })
      const options =
        step === 'validate' ? { fn: step, timeoutMs: 900_000 } : { fn: step, timeoutMs: 120_000, concurrency: 5 }
      runs.invoke(options, (invocation) => functions[step](invocation, payload), unreachable ? () => {} : done)
      // The connection breaks: Step Functions goes on, and so does the function.
      if (unreachable)
        clock.after(random.between(20, 3000), async () => done({ error: 'Lambda.SdkClientException', cause: '' }))
    },
    send({ group, body }, done) {
      const wrong = random.chance(odds()?.sqsError ?? 0)
      const before = random.chance(0.5)
      clock.after(random.between(10, 60), async () => {
        if (wrong && before) return done({ error: 'SQS.AmazonSQSException', cause: 'simulated' })
        const put = () => world().send(group === 'landed' ? 'landed' : 'facts', JSON.stringify(body))
        if (!wrong) {
          await put()
          return done({ result: { MessageId: 'm' } })
        }
        // The connection breaks, and what was on its way arrives all the same, perhaps after the retry's.
        clock.after(random.pick([0, 3000, 8000, 100_000]), put)
        done({ error: 'SQS.SdkClientException', cause: 'simulated' })
      })
    },
    entered({ name, state }) {
      tell(name, `is in ${state}`)
      if (state !== 'RunOnInstance' || !random.chance(odds()?.abandoned ?? 0)) return
      clock.after(random.between(100, 8000), async () => {
        tell('somebody', `stops execution ${name}`)
        world().journal.stopped.add(name)
        world().machine.stop(name)
      })
    },
    ended: (execution) => announceEnd(world(), execution),
  }
}

const announceEnd = ({ events, tell }: World, { name, status, input, error, cause }: Execution): void => {
  tell(name, `is over: ${status}${error ? `, ${error}` : ''}`)
  if (status === 'SUCCEEDED' || status === 'RUNNING') return
  const detail = { status, input: JSON.stringify(input), ...(error === undefined ? {} : { error, cause }) }
  const body = { 'detail-type': 'Step Functions Execution Status Change', detail }
  events.send('facts', `execution ${name} ${status}`, body, false)
}

/** Everything around the functions, in memory and under one clock; nothing happens until the clock moves. */
export const worldOf = (
  plan: Plan,
  tell: (at: number, who: string, what: string) => void,
  done: (world: World, call: Call) => void,
  decided?: (transcript: unknown) => void,
): World => {
  const clock = clockFrom(START)
  const random = (stream: string) => randomOf(plan.seed, stream)
  const faults: Faults = {
    clock,
    random: random('ports'),
    odds: () => (clock.now() < START + plan.faultsUntil ? plan.odds : undefined),
    tell: (who, what) => tell(clock.now() - START, who, what),
    done: (call) => done(world, call),
  }
  const state: State = {
    ...{ schedule: emptySchedule(), policies: emptyPolicies(), inbox: emptyInbox(), files: noFiles() },
    ...{ announced: [], results: new Map(), machines: noMachines(machineFault(random('ec2'), faults)) },
  }
  const journal = emptyJournal()
  const schedule = random('schedule')
  let count = 0
  const sequencer = (): string => `00${(++count).toString(16).padStart(12, '0')}`
  const machine = stateMachine(payerFile, {
    ...{ clock, random: random('step-functions') },
    services: servicesOf(() => world, { ...faults, random: random('services') }),
  })
  const executions: Executions = {
    start: async ({ name, input }) => machine.start(name, input),
    ended: async (status) =>
      [...machine.executions.values()]
        .filter((execution) => execution.status === status)
        .map(({ name, endedAt = 0 }) => ({ name, endedAt }))
        .sort((a, b) => b.endedAt - a.endedAt)
        .slice(0, 100),
    succeed: async (token, output) => machine.answer(token, { result: output }),
    fail: async (token, error, cause) => machine.answer(token, { error, cause }),
  }
  const functions = functionsOf(state, executions, faults, {
    launched: (id) => world.machinery.launch(id),
    repaired: (what) => journal.repairs.push(what),
    decided,
  })
  const send = async (group: 'landed' | 'facts', body: string): Promise<void> => {
    await functions.raw.inbox.send(group, body)
    world.pump.poke()
  }
  const events = eventBridge(
    { ...faults, random: random('events') },
    { ...functions.raw.inbox, send },
    random('repeats'),
  )
  const runs = lambda({ ...faults, random: random('lambda') })
  const machinery = machineLife({
    ...{ faults, journal, machines: state.machines, files: state.files, results: state.results, events },
    ...{ seed: plan.seed, sequencer },
    progress: (key) =>
      runs.invoke(
        { fn: 'progress', timeoutMs: 30_000 },
        (invocation) => functions.progress(invocation, key),
        () => {},
      ),
  })
  const world: World = {
    ...{ plan, start: START, clock, state, journal, inForce: inForce(clock.now), unsettled: new Map() },
    sweepMissed: (odds) => schedule.chance(odds),
    ...{ machine, machinery, functions, lambda: runs, events, send, sequencer, tell: faults.tell },
    pump: pump(state.inbox, faults, runs, functions.schedule, (body) => {
      world.unsettled.delete(body)
      world.unsettled.delete(/"edit":"(edit-\d+)"/.exec(body)?.[1] ?? '')
    }),
    streams: streams(state.policies, { ...faults, random: random('streams') }, runs, functions.reconfigure),
  }
  return world
}
