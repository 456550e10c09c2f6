import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import { prices } from '#config/prices'
import { unitPrice } from '#domain/prices'
import { isOver } from '#domain/schedule/items'
import { MayflyStack } from '#infra/mayfly-stack'
import { randomOf } from '../simulator/random.ts'
import { live } from '../simulator/run/live.ts'
import { calm } from '../simulator/world/odds.ts'
import type { Plan } from '../simulator/world/plan.ts'
import { type Runs, requestMeter } from './request-meter.ts'

/** So much of a service for 1,000 files; `estimated`: not counted. */
export type CostLine = { what: string; service: string; units: number; usd: number; estimated?: true }

/** US dollars for 1,000 files (issue 6). */
export const CEILING_USD = 0.25

const HOUR = 3_600_000
const PAYERS = 20

/** Files of twenty payers, a tenth of them members', which land at random within `spreadMs`. */
const planOf = (files: number, spreadMs: number): Plan => {
  const random = randomOf(1, 'control-plane')
  const typeOf = (n: number) => (Math.floor(n / PAYERS) % 10 === 0 ? 'member' : 'claims')
  const acts = Array.from({ length: files }, (_, n) => {
    const key = `payer-${n % PAYERS}/${typeOf(n)}/file-${n}.x12`
    return { at: random.below(spreadMs), do: 'drop' as const, key, sound: true }
  })
  const row = { pool: 'p', format: 'ndjson', processor: 'any', instanceTypes: ['t3.small'], haltOnFailure: false }
  return {
    ...{ seed: 1, odds: calm, faultsUntil: HOUR },
    rows: [
      { payerId: '*', fileType: '*', ...row, graceSeconds: 0, laterClears: true },
      ...Array.from({ length: PAYERS }, (_, n) => ({ payerId: `payer-${n}`, fileType: '*' })),
    ],
    pools: [{ pool: 'p', maxVcpus: 400, maxInstances: 200 }],
    acts: acts.sort((a, b) => a.at - b.at),
  }
}

/**
 * What `startup.sh` asks of S3 beside its signs of life, which are counted: the manifest, twice, and its result. Data: the
 * input, the processor, what members left (a list and an object); an output and the log.
 */
const instance = { gets: 2, puts: 1, data: { gets: 3, puts: 3, objects: 2 } }
/** What a run takes beyond its requests: its own work, and a twentieth of a cold start of 0.3 s, seconds. */
const OWN_SECONDS = 0.05
/** Log lines of a run, Lambda's own two included, bytes. */
const LOG_BYTES = 1600

const FunctionProperties = z.object({ MemorySize: z.number() })

/** GiB of each function, as the template says. */
const memories = (): Map<string, number> => {
  const template = Template.fromStack(
    new MayflyStack(new App(), 'Mayfly', { emulator: false, destroyData: false, owner: 'bench' }),
  )
  return new Map(
    Object.entries(template.findResources('AWS::Lambda::Function')).flatMap(([id, { Properties }]) => {
      const step = /^steps([a-z]+)function/.exec(id)?.[1]
      return step ? [[step, FunctionProperties.parse(Properties).MemorySize / 1024] as const] : []
    }),
  )
}

const gibSecondsOf = (functions: Map<string, Runs>, gib: Map<string, number>): number =>
  [...functions].reduce((all, [fn, { runs, requestMs }]) => {
    const memory = gib.get(fn)
    if (memory === undefined) throw new Error(`the template has no function ${fn}`)
    return all + memory * (requestMs / 1000 + runs * OWN_SECONDS)
  }, 0)

/** Runs files through the real functions and the real state machine, and prices what they asked, for 1,000 that ended. */
const costOf = async (files: number, spreadMs: number, gib: Map<string, number>) => {
  const meter = requestMeter()
  const { world } = await live(planOf(files, spreadMs), false, [], meter)
  const ended = [...world.journal.jobs.values()].filter(({ status }) => isOver(status)).length
  if (ended < files * 0.9)
    throw new Error(`only ${ended} of ${files} files have ended; nothing can be said of the rest`)
  const { units, data, functions, messages } = meter.found()
  const machines = world.journal.machines.size
  const line = (what: string, service: string, count: number, more: { estimated?: true } = {}): CostLine => {
    const each = (count * 1000) / ended
    return { what, service, units: each, usd: each * unitPrice(prices, service), ...more }
  }
  const of = (service: string, from = units): number => from.get(service) ?? 0
  const runsOf = (fn: string): number => functions.get(fn)?.runs ?? 0
  const runs = [...functions.keys()].reduce((all, fn) => all + runsOf(fn), 0)
  const puts = runsOf('progress') + machines * instance.puts
  const lines = [
    line('Step Functions: states entered', 'stepFunctionsTransition', of('stepFunctionsTransition')),
    line('DynamoDB: write units', 'dynamodbWriteUnit', of('dynamodbWriteUnit')),
    line('DynamoDB: read units', 'dynamodbReadUnit', of('dynamodbReadUnit')),
    line('S3: writes of functions', 's3Put', of('s3Put')),
    line('S3: writes of instances', 's3Put', puts),
    line('S3: reads', 's3Get', of('s3Get') + machines * instance.gets),
    line('EventBridge: objects made, files done', 'eventBridgeEvent', files + of('eventBridgeEvent') + puts),
    line('SQS: sent', 'sqsFifoRequest', messages),
    line('SQS: received, deleted', 'sqsFifoRequest', 2 * runsOf('schedule') + of('sqsFifoRequest')),
    line('Lambda: runs', 'lambdaRequest', runs),
    line('Lambda: memory × time', 'lambdaArmGbSecond', gibSecondsOf(functions, gib), { estimated: true }),
    line('CloudWatch: log lines', 'logsGb', (runs * LOG_BYTES) / 1e9, { estimated: true }),
  ]
  const dataLines = [
    line('S3: inputs, processors, members’ outputs', 's3Get', of('s3Get', data) + machines * instance.data.gets),
    line('S3: outputs, logs, lists, hand-over', 's3Put', of('s3Put', data) + machines * instance.data.puts),
    line(
      'EventBridge: their objects',
      'eventBridgeEvent',
      of('eventBridgeEvent', data) + machines * instance.data.objects,
    ),
  ]
  const sum = (some: readonly CostLine[]): number => some.reduce((all, one) => all + one.usd, 0)
  const each = Object.fromEntries([...functions.keys()].map((fn) => [fn, runsOf(fn) / ended]))
  return {
    ended,
    machines,
    messagesEach: messages / ended,
    runsEach: each,
    lines,
    usd: sum(lines),
    dataLines,
    dataUsd: sum(dataLines),
  }
}

/** Twice: files that land one by one over an hour, so that nearly every message is a batch of its own; and all at once. */
export const controlPlaneCost = async (files: number) => {
  const gib = memories()
  const oneByOne = await costOf(files, HOUR, gib)
  const atOnce = await costOf(files, 1000, gib)
  const shortfalls = Object.entries({ 'one by one': oneByOne, 'at once': atOnce }).flatMap(([how, { usd }]) =>
    usd > CEILING_USD ? [`${how}: $${usd.toFixed(4)} for 1,000 files, not $${CEILING_USD.toFixed(2)} at most`] : [],
  )
  return { files, prices: { asOf: prices.asOf, region: prices.region }, oneByOne, atOnce, shortfalls }
}
