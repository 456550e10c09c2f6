import { emptyPolicies, policyTables, putPool, putRow } from '#adapters/memory/policy-tables'
import { emptySchedule, scheduleTable } from '#adapters/memory/schedule-table'
import type { Consumed } from './consumed.ts'
import { type Driver, driver, parks } from './driver.ts'
import { lands } from './file-life.ts'
import type { Ports } from './meter.ts'
import { fillLanes, type Lane } from './waiting-files.ts'

export type Row = { payerId: string; fileType: string } & Record<string, unknown>

/** Waiting files, and the tables that they stand in. `setPool`, `setRow` are a person's edits. */
export type World = {
  ports: Ports
  /** The same ports for what is measured; `consumed` tells what the other side billed for it, if it bills. */
  billed: Ports
  consumed?: Consumed
  lanes: readonly Lane[]
  setPool: (maxInstances: number) => Promise<void>
  setRow: (row: Row) => Promise<void>
}

/** The first row of every world; t3.small has 2 vCPUs. */
const always: Row = { payerId: '*', fileType: '*', graceSeconds: 0, maxConcurrent: 10_000, instanceTypes: ['t3.small'] }

export const poolOf = (maxInstances: number) => ({ pool: 'default', maxInstances, maxVcpus: 2 * maxInstances })

export const namesOf = (payers: number): string[] =>
  Array.from({ length: payers }, (_, i) => `payer-${String(i).padStart(2, '0')}`)

/** One member file each, through its whole life: the gate of claims is open. */
const runMembers = async (driver: Driver, payers: readonly string[]): Promise<void> => {
  for (const payer of payers) {
    const file = lands(payer, 'member', 0)
    await driver.hear([file])
    await driver.hear([parks(file.job)])
    for (const job of await driver.launch())
      await driver.hear([driver.succeed(job), { kind: 'over', job: job.job, round: 1 }])
  }
  driver.running.length = 0
}

/** Files that wait before a pool without room, as the real step leaves them. */
export const memoryWorld = async (wanted: { payers: number; types: readonly string[]; waiting: number }) => {
  const schedule = emptySchedule()
  const policies = emptyPolicies()
  const payers = namesOf(wanted.payers)
  putRow(policies, always)
  // Types without a default are known when a row names them.
  for (const fileType of wanted.types) putRow(policies, { payerId: '*', fileType })
  for (const payerId of payers) putRow(policies, { payerId, fileType: '*', priority: 100 })
  putPool(policies, poolOf(1))
  const ports: Ports = { table: scheduleTable(schedule), tables: policyTables(policies) }
  const setting = driver(ports, Date.UTC(2026, 0, 1))
  if (!wanted.types.includes('member')) await runMembers(setting, payers)
  putPool(policies, poolOf(0))
  const lanes: Lane[] = payers.flatMap((payerId) => wanted.types.map((type) => ({ payerId, type })))
  await fillLanes(schedule, setting, lanes, wanted.waiting)
  const world: World = {
    ports,
    billed: ports,
    lanes,
    setPool: async (maxInstances) => putPool(policies, poolOf(maxInstances)),
    setRow: async (row) => putRow(policies, row),
  }
  return { ...world, schedule, policies }
}
