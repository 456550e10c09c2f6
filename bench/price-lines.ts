import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import { prices } from '#config/prices'
import { unitPrice } from '#domain/prices'
import { MayflyStack } from '#infra/mayfly-stack'
import type { Runs } from './request-meter.ts'

/** So much of a service for 1,000 files; `estimated`: not counted. */
export type CostLine = { what: string; service: string; units: number; usd: number; estimated?: true }

/** What was asked of AWS for files that have ended: units by service, of the file's own data apart. */
export type Counted = {
  ended: number
  /** Files that landed: each is an object made. */
  landed: number
  machines: number
  units: ReadonlyMap<string, number>
  data: ReadonlyMap<string, number>
  functions: ReadonlyMap<string, Runs>
  messages: number
  /** Signs of life and results that the machines wrote. */
  machinePuts: number
  logBytes: number
  logsEstimated: boolean
}

/**
 * What `startup.sh` asks of S3 beside its signs of life, which are counted: the manifest, twice, and its result. Data: the
 * input, the processor, what members left (a list and an object); an output and the log.
 */
export const instance = { gets: 2, puts: 1, data: { gets: 3, puts: 3, objects: 2 } }
/** What a run takes beyond its requests: its own work, and a twentieth of a cold start of 0.3 s, seconds. */
const OWN_SECONDS = 0.05

const FunctionProperties = z.object({ MemorySize: z.number() })

/** GiB of each function, as the template says. */
export const memories = (): Map<string, number> => {
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

const gibSecondsOf = (functions: Counted['functions'], gib: Map<string, number>): number =>
  [...functions].reduce((all, [fn, { runs, requestMs }]) => {
    const memory = gib.get(fn)
    if (memory === undefined) throw new Error(`the template has no function ${fn}`)
    return all + memory * (requestMs / 1000 + runs * OWN_SECONDS)
  }, 0)

/** Prices what was counted, for 1,000 files that ended. */
export const priced = (counted: Counted, gib: Map<string, number>) => {
  const { ended, landed, machines, units, data, functions, messages, machinePuts, logBytes, logsEstimated } = counted
  const line = (what: string, service: string, count: number, more: { estimated?: true } = {}): CostLine => {
    const each = (count * 1000) / ended
    return { what, service, units: each, usd: each * unitPrice(prices, service), ...more }
  }
  const of = (service: string, from = units): number => from.get(service) ?? 0
  const runsOf = (fn: string): number => functions.get(fn)?.runs ?? 0
  const runs = [...functions.keys()].reduce((all, fn) => all + runsOf(fn), 0)
  const objects = landed + of('eventBridgeEvent') + machinePuts
  const lines = [
    line('Step Functions: states entered', 'stepFunctionsTransition', of('stepFunctionsTransition')),
    line('DynamoDB: write units', 'dynamodbWriteUnit', of('dynamodbWriteUnit')),
    line('DynamoDB: read units', 'dynamodbReadUnit', of('dynamodbReadUnit')),
    line('S3: writes of functions', 's3Put', of('s3Put')),
    line('S3: writes of instances', 's3Put', machinePuts),
    line('S3: reads', 's3Get', of('s3Get') + machines * instance.gets),
    line('EventBridge: objects made, files done', 'eventBridgeEvent', objects),
    line('SQS: sent', 'sqsFifoRequest', messages),
    line('SQS: received, deleted', 'sqsFifoRequest', 2 * runsOf('schedule') + of('sqsFifoRequest')),
    line('Lambda: runs', 'lambdaRequest', runs),
    line('Lambda: memory × time', 'lambdaArmGbSecond', gibSecondsOf(functions, gib), { estimated: true }),
    line('CloudWatch: log lines', 'logsGb', logBytes / 1e9, logsEstimated ? { estimated: true } : {}),
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
  return { lines, usd: sum(lines), dataLines, dataUsd: sum(dataLines) }
}
