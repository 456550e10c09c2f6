import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import { paginateGetExecutionHistory, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn'
import { stackResources } from '#cli/aws/stack-resources'
import { readLine } from '#cli/jobs/function-lines'
import { scanJobs } from '#cli/jobs/live-jobs'
import { localClientOptions } from '#cli/processors/push-processors'
import { isOver } from '#domain/schedule/items/status'
import { payerName } from '#local/chaos/plan'
import { type ChaosWorld, startChaosWorld } from '#local/chaos/world'
import { watchFunctions } from '#test/support/watched-functions'
import { metricSeries } from './metric-series.ts'
import { portPrices } from './port-prices.ts'
import { type Counted, memories, priced } from './price-lines.ts'
import type { Runs } from './request-meter.ts'
import { counting, type WireRequest } from './wire-requests.ts'

type Wanted = { files: number; everyMs: number }
type Say = (line: string) => void
type Asked = WireRequest & { step: string }

/** `sweep` runs whether there are files or not (`mayfly idle-cost`). */
const steps = ['schedule', 'validate', 'launch', 'progress', 'reconfigure'] as const
const PAYERS = 4
/** Lambda's own two lines a run (`platform.start`, `platform.report`), which the emulator writes shorter, bytes. */
const OWN_LINES_BYTES = 600
/** CloudWatch adds so much to every line that it takes in, bytes. */
const LINE_BYTES = 26
/** The emulator's tokens have 36 characters, AWS's some 800: an attempt is 2 KB there, in three writes and a condition. */
const TOKEN_UNITS = 8

/** One member file a payer, then claims, at an even pace, until everything is over and every machine gone. */
const run = async (world: ChaosWorld, firstPayer: number, { files, everyMs }: Wanted): Promise<void> => {
  const mine = new Set<string>()
  for (let n = 0; n < files; n += 1) {
    const payerId = payerName(firstPayer + (n % PAYERS))
    const fileType = n < PAYERS ? ('member' as const) : ('claims' as const)
    const key = `${payerId}/${fileType}/f${n}.ndjson`
    mine.add(await world.drop({ key, payerId, fileType, isSound: true, text: '{"seconds":0}\n', ofJob: [], ofKey: [] }))
    await pause(everyMs)
  }
  for (const until = Date.now() + 300_000; ; await pause(2000)) {
    const open = (await scanJobs(world.stack)).filter(({ jobId, status }) => mine.has(jobId) && !isOver(status))
    if (open.length === 0) break
    if (Date.now() > until) throw new Error(`${open.length} of ${files} files have not ended after five minutes`)
  }
  // The last machine's end, and the last word of its execution.
  await pause(8000)
}

/** States entered, retries included, of the executions that began after `since`. */
const transitions = async (sfn: SFNClient, stateMachineArn: string | undefined, since: number): Promise<number> => {
  let count = 0
  for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn }))
    for (const { executionArn, startDate } of executions) {
      if ((startDate?.getTime() ?? 0) < since) continue
      for await (const { events = [] } of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
        const entered = events.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails).length
        const tasks = events.filter(({ type }) => type === 'TaskStateEntered').length
        const scheduled = events.filter(({ type }) => type === 'TaskScheduled').length
        count += entered + scheduled - tasks
      }
    }
  return count
}

/** Runs by function, messages that the scheduler heard, bytes of lines, and metrics in them, out of the functions' own logs. */
const told = async (logs: CloudWatchLogsClient, groups: readonly string[], since: number) => {
  const runs = new Map<string, number>()
  const series = new Set<string>()
  let [messages, bytes] = [0, 0]
  for (const step of steps)
    for (const logGroupName of groups.filter((group) => group.includes(`steps${step}logs`)))
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName, startTime: since }))
        for (const { timestamp = 0, message = '' } of events) {
          if (/^(END|REPORT) /.test(message)) continue
          const isStart = message.startsWith('START ')
          if (isStart) runs.set(step, (runs.get(step) ?? 0) + 1)
          bytes += isStart ? OWN_LINES_BYTES + 2 * LINE_BYTES : Buffer.byteLength(message) + LINE_BYTES
          for (const one of metricSeries(message)) series.add(one)
          const line = readLine(timestamp, message)
          const heard: unknown = line?.sentence === 'decided' ? line.facts['messages'] : []
          messages += Array.isArray(heard) ? heard.length : 0
        }
  return { runs, messages, bytes, series: [...series].sort() }
}

/** Objects that the machines have made so far: signs of life and results; outputs and logs are data. */
const machinesWrote = async ({ stack }: ChaosWorld): Promise<number> => {
  const below = { Bucket: stack.names.ResultsBucket, Prefix: 'runs/' }
  const { Versions = [], IsTruncated } = await stack.s3.send(new ListObjectVersionsCommand(below))
  if (IsTruncated) throw new Error('more than 1,000 objects below runs/; ask for fewer files')
  return Versions.filter(({ Key = '' }) => /\/(result|progress)\.json$/.test(Key)).length
}

const addUp = (asked: readonly Asked[]) => {
  const [units, data] = [new Map<string, number>(), new Map<string, number>()]
  const requestMs = new Map<string, number>()
  const add = (to: Map<string, number>, name: string, n: number): void => void to.set(name, (to.get(name) ?? 0) + n)
  for (const { step, method, readUnits, writeUnits } of asked) {
    // The journal of decisions is on here, and off where nobody asks for it.
    if (method === 'journal') continue
    const price = portPrices[method]
    if (!price) throw new Error(`${method} has no entry in bench/port-prices.ts`)
    add(requestMs, step, price.ms)
    const to = price.data ? data : units
    if (price.service) add(to, price.service, 1)
    if (price.makesObject) add(to, 'eventBridgeEvent', 1)
    add(units, 'dynamodbReadUnit', readUnits)
    add(units, 'dynamodbWriteUnit', writeUnits)
  }
  return { units, data, requestMs }
}

/** What files cost by the requests that the deployed functions really make, on the local AWS, in the price table. */
export const endToEndCost = async (wanted: Wanted, say: Say) => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-cost-'))
  const world = await startChaosWorld({ folder, payers: 2 * PAYERS, instances: 8, realCli: false, say })
  const options = localClientOptions(world.local.env).other
  const [sfn, logs] = [new SFNClient(options), new CloudWatchLogsClient(options)]
  const asked: Asked[] = []
  const watched = await watchFunctions(world.local, steps, (step) => counting((one) => asked.push({ step, ...one })))
  try {
    // The first of each function starts its process.
    await run(world, PAYERS, { ...wanted, files: 2 * PAYERS })
    asked.length = 0
    const [since, before] = [Date.now(), await machinesWrote(world)]
    say(`${wanted.files} files, one every ${wanted.everyMs} ms`)
    await run(world, 0, wanted)
    const { units, data, requestMs } = addUp(asked)
    const { runs, messages, bytes, series } = await told(
      logs,
      await stackResources(options, 'AWS::Logs::LogGroup'),
      since,
    )
    const puts = (await machinesWrote(world)) - before
    // A result may be written again after a time limit, so machines are counted by what started them.
    const machines = asked.filter(({ method }) => method === 'machines.run').length
    units.set('stepFunctionsTransition', await transitions(sfn, world.local.outputs['StateMachineArn'], since))
    units.set('dynamodbWriteUnit', (units.get('dynamodbWriteUnit') ?? 0) + TOKEN_UNITS * machines)
    const functions = new Map(
      [...runs].map(([step, n]): [string, Runs] => [step, { runs: n, requestMs: requestMs.get(step) ?? 0 }]),
    )
    const counted: Counted = {
      ...{ ended: wanted.files, landed: wanted.files, machines, units, data, functions, messages },
      ...{ machinePuts: puts, logBytes: bytes, logsEstimated: false },
    }
    const requests = new Map<string, number>()
    for (const { step, method } of asked)
      requests.set(`${step} ${method}`, (requests.get(`${step} ${method}`) ?? 0) + 1 / wanted.files)
    return {
      ...wanted,
      machines,
      messagesEach: messages / wanted.files,
      requestsEach: Object.fromEntries(requests),
      series,
      ...priced(counted, memories()),
    }
  } finally {
    sfn.destroy()
    logs.destroy()
    await watched.close()
    await world.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
