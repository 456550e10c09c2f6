import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { scanJobs } from '#cli/live-jobs'
import { localClientOptions } from '#cli/push-processors'
import { isOver } from '#domain/schedule/items'
import { observe } from '#local/chaos/observed'
import { payerName } from '#local/chaos/plan'
import { type ChaosWorld, startChaosWorld } from '#local/chaos/world'
import { memoryWorld } from './memory-world.ts'

type Wanted = { files: number; waiting: number; everyMs: number }
type Say = (line: string) => void

const WARMING = 5

/** Between two moments of a file's way; `poll`: mostly the emulator, which looks for answered tokens once a second. */
export const hops = [
  { hop: 'event and intake', from: 'put', to: 'registered' },
  { hop: 'start', from: 'registered', to: 'started' },
  { hop: 'validate', from: 'started', to: 'validated' },
  { hop: 'park', from: 'validated', to: 'parked' },
  { hop: 'queue', from: 'parked', to: 'admitted' },
  { hop: 'answer and poll', from: 'admitted', to: 'told' },
  { hop: 'dispatch', from: 'told', to: 'opened' },
  { hop: 'launch', from: 'opened', to: 'asked' },
  { hop: 'boot', from: 'asked', to: 'up' },
  { hop: 'to RunInstances', from: 'put', to: 'asked' },
  { hop: 'to the first line', from: 'put', to: 'up' },
] as const
type Moment = (typeof hops)[number]['from' | 'to']
type Way = Readonly<Record<Moment, number>>
export type Figure = { hop: string; medianMs: number; p95Ms: number }

/** From PutObject to the script's first line on the local AWS, per hop; and the same with others waiting. */
export const latencyBench = async (wanted: Wanted, say: Say) => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-latency-'))
  const payers = 2 * wanted.files + WARMING
  const world = await startChaosWorld({ folder, payers, instances: 8, realCli: false, say })
  try {
    // The first of each function starts its process.
    await ways(world, 2 * wanted.files, { ...wanted, files: WARMING })
    say(`${wanted.files} files, one every ${wanted.everyMs} ms, nobody waiting`)
    const alone = figuresOf(await ways(world, 0, wanted))
    await loadWaiting(world, wanted.waiting)
    say(`the same with ${wanted.waiting} others waiting`)
    const among = figuresOf(await ways(world, wanted.files, wanted))
    return { ...wanted, alone, among }
  } finally {
    await world.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** One member file of each of so many payers, dropped at an even pace, so that nobody queues for anybody. */
const ways = async (world: ChaosWorld, firstPayer: number, { files, everyMs }: Wanted): Promise<Way[]> => {
  const put = new Map<string, number>()
  for (let n = 0; n < files; n += 1) {
    const payerId = payerName(firstPayer + n)
    const file = { payerId, fileType: 'member' as const, isSound: true, text: '{"seconds":0}\n', ofJob: [], ofKey: [] }
    const at = Date.now()
    put.set(await world.drop({ ...file, key: `${payerId}/member/f.ndjson` }), at)
    await pause(Math.max(0, at + everyMs - Date.now()))
  }
  const mine = async () => (await scanJobs(world.stack)).filter(({ jobId }) => put.has(jobId))
  for (const until = Date.now() + 300_000; Date.now() < until; await pause(1000))
    if ((await mine()).every(({ status }) => isOver(status))) break
  const { attempts, machines } = await observe(world)
  const executions = await moments(world)
  return (await mine()).flatMap(({ jobId, execution = '', registeredAt, waitingAt = '', startedAt = '' }) => {
    const attempt = attempts.find(({ job }) => job === jobId)
    const machine = machines.find(({ id }) => id === attempt?.instanceId)
    const told = executions.get(execution)
    if (attempt === undefined || machine?.armedAt === undefined || told === undefined) return []
    const [putAt = 0, times] = [put.get(jobId), [registeredAt, waitingAt, startedAt].map((iso) => Date.parse(iso))]
    const [registered = 0, parked = 0, admitted = 0] = times
    const [asked, up] = [Date.parse(machine.launchedAt), Date.parse(machine.armedAt)]
    return { put: putAt, registered, parked, admitted, ...told, opened: attempt.openedAt, asked, up }
  })
}

/** What Step Functions says of each execution, by its name. */
const moments = async ({ local }: ChaosWorld) => {
  const stateMachineArn = local.outputs['StateMachineArn']
  const sfn = new SFNClient(localClientOptions(local.env).other)
  const found = new Map<string, { started: number; validated: number; told: number }>()
  let nextToken: string | undefined
  do {
    const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 100, nextToken }))
    nextToken = page.nextToken
    for (const { executionArn, name = '', startDate } of page.executions ?? []) {
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 100 }))
      const left = (state: string) =>
        events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === state)?.timestamp?.getTime()
      const [validated, told] = [left('Validate'), left('WaitForTurn')]
      if (startDate && validated !== undefined && told !== undefined)
        found.set(name, { started: startDate.getTime(), validated, told })
    }
  } while (nextToken !== undefined)
  sfn.destroy()
  return found
}

/** Files of other payers that wait before a pool without room, in the tables of the stack itself. */
const loadWaiting = async ({ stack }: ChaosWorld, waiting: number) => {
  const { ScheduleTable, PayerPriorityTable, CapacityPoolsTable } = stack.names
  const { schedule, policies } = await memoryWorld({ payers: 10, types: ['claims'], waiting })
  const full = { pool: 'default', maxVcpus: 0, maxInstances: 0 }
  await stack.db.send(new PutCommand({ TableName: CapacityPoolsTable, Item: full }))
  for (const rows of policies.rows.values())
    for (const row of rows.values())
      if (Reflect.get(Object(row), 'payerId') !== '*')
        await stack.db.send(new PutCommand({ TableName: PayerPriorityTable, Item: { ...row, pool: 'default' } }))
  let some: { PutRequest: { Item: Record<string, unknown> } }[] = []
  const flush = async () => {
    if (some.length > 0) await stack.db.send(new BatchWriteCommand({ RequestItems: { [ScheduleTable]: some } }))
    some = []
  }
  for (const [PK, { values }] of schedule.partitions)
    for (const [SK, value] of values) {
      // The stack counts on with its own numbers.
      if (PK.startsWith('SHARD#')) continue
      some.push({ PutRequest: { Item: { PK, SK, ...Object(value) } } })
      if (some.length === 25) await flush()
    }
  await flush()
}

const figuresOf = (found: readonly Way[]): Figure[] =>
  hops.map(({ hop, from, to }) => {
    const ms = found.map((way) => way[to] - way[from]).sort((a, b) => a - b)
    const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? Number.NaN
    return { hop, medianMs: at(0.5), p95Ms: at(0.95) }
  })

export const latencyLines = ({ files, waiting, alone, among }: Awaited<ReturnType<typeof latencyBench>>): string[] => {
  const cells = ({ medianMs, p95Ms }: Figure) => `${String(medianMs).padStart(8)}${String(p95Ms).padStart(8)}`
  return [
    `${files} files            nobody waiting   ${waiting} waiting`,
    'HOP                   MEDIAN     P95  MEDIAN     P95   milliseconds',
    ...alone.map((figure, n) => `${figure.hop.padEnd(20)}${cells(figure)}${cells(among[n] ?? figure)}`),
  ]
}
