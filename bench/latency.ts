import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { scanJobs } from '#cli/jobs/live-jobs'
import { localClientOptions } from '#cli/processors/push-processors'
import { isOver } from '#domain/schedule/items/status'
import { observe } from '#local/chaos/observed'
import { payerName } from '#local/chaos/plan'
import { type ChaosWorld, startChaosWorld } from '#local/chaos/world'
import { memoryWorld, poolOf } from './memory-world.ts'

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
/** Slower by more than this, and by more than the noise of two runs of the same, is slower. */
const SLOWER = { share: 1.15, ms: 150 }
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
    const alone = figuresOf(await ways(world, 0, wanted), wanted.files)
    const began = Date.now()
    await loadWaiting(world, wanted.waiting)
    say(`the same with ${wanted.waiting} others waiting, put there in ${((Date.now() - began) / 1000).toFixed(0)} s`)
    const among = figuresOf(await ways(world, wanted.files, wanted), wanted.files)
    return { ...wanted, alone, among, shortfalls: shortfallsOf(alone, among) }
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

/**
 * Files of other payers that wait before a pool whose one machine is taken, in the tables of the stack itself: items as
 * `schedule` leaves them, in batches, for 10,000 real arrivals would take the emulator half an hour. Their lanes compete.
 */
const loadWaiting = async ({ stack }: ChaosWorld, waiting: number) => {
  const { ScheduleTable, PayerPriorityTable, CapacityPoolsTable } = stack.names
  const { schedule, policies } = await memoryWorld({ payers: 10, types: ['claims'], waiting })
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
      const taken = PK === 'POOL#default' && SK === 'STATE' ? { usedVcpus: 2, usedInstances: 1 } : {}
      some.push({ PutRequest: { Item: { PK, SK, ...Object(value), ...taken } } })
      if (some.length === 25) await flush()
    }
  await flush()
  // The edit has the scheduler look at the lanes that were held for want of any room.
  await stack.db.send(new PutCommand({ TableName: CapacityPoolsTable, Item: poolOf(1) }))
  await untilOnBoard(stack, 10)
}

/** Every lane of theirs stands on the pool's board: they compete. @throws after a minute */
const untilOnBoard = async ({ sources }: ChaosWorld['stack'], lanes: number): Promise<void> => {
  const held = async () => (await sources.table.page({ pk: 'POOL#default', prefix: 'HELD#', limit: 100 })).items.length
  for (const until = Date.now() + 60_000; (await held()) > 0; await pause(500))
    if (Date.now() > until) throw new Error(`${await held()} of ${lanes} lanes of waiting files are still held, not 0`)
}

/** By the median: the emulator's polling alone moves the 95th of a hundred by a second. */
const shortfallsOf = (alone: readonly Figure[], among: readonly Figure[]): string[] =>
  alone.flatMap(({ hop, medianMs }, n) => {
    const slow = among[n]?.medianMs ?? Number.NaN
    if (hop !== 'to RunInstances' || slow <= Math.max(medianMs * SLOWER.share, medianMs + SLOWER.ms)) return []
    return [`${hop}: ${slow} ms among others, ${medianMs} ms alone`]
  })

/** @throws when a file never got to its machine: the others say nothing without it */
const figuresOf = (found: readonly Way[], files: number): Figure[] => {
  if (found.length < files) throw new Error(`${found.length} of ${files} files were seen all the way to their machine`)
  return hops.map(({ hop, from, to }) => {
    const ms = found.map((way) => way[to] - way[from]).sort((a, b) => a - b)
    const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))] ?? Number.NaN
    return { hop, medianMs: at(0.5), p95Ms: at(0.95) }
  })
}

export const latencyLines = ({
  files,
  waiting,
  alone,
  among,
  shortfalls,
}: Awaited<ReturnType<typeof latencyBench>>): string[] => {
  const cells = ({ medianMs, p95Ms }: Figure) => `${String(medianMs).padStart(8)}${String(p95Ms).padStart(8)}`
  return [
    `${files} files, each of a payer of its own; then as many among ${waiting} that others' lanes hold before a full pool.`,
    'Those were put into the table as the items that `schedule` writes for them (a test holds them to real ones).',
    'The emulator looks for answered tokens once a second: `answer and poll` is mostly that.',
    '',
    `                      nobody waiting ${`${waiting} waiting`.padStart(16)}`,
    'HOP                   MEDIAN     P95  MEDIAN     P95   milliseconds',
    ...alone.map((figure, n) => `${figure.hop.padEnd(20)}${cells(figure)}${cells(among[n] ?? figure)}`),
    '',
    ...(shortfalls.length === 0 ? ['no slower, by the median to RunInstances'] : shortfalls),
  ]
}
