import { type PerAdmission, perAdmission } from './counts.ts'
import { type Digested, digest, MESSAGES_A_FILE } from './digest.ts'
import { ownEmulator } from './emulator.ts'
import { emulatorWorld } from './emulator-world.ts'
import { machine } from './machine.ts'
import { memoryWorld } from './memory-world.ts'
import { type ReRanked, reRank } from './re-rank.ts'
import { steadyState, type Way } from './steady-state.ts'

/** What `shared/design.md` §4 asks of an admission at any number of waiting files, and §3.8 of an edit. */
export const aims = { readUnits: 12, items: 8, itemsALane: 3 }

const allWays: Way[] = ['one result', 'eight results', 'room for eight']
export const kinds = [
  { lanes: '1 payer, ordered', payers: 1, type: 'member', ways: ['one result'] satisfies Way[] },
  { lanes: '1 payer, unordered', payers: 1, type: 'claims', ways: allWays },
  { lanes: '50 payers, ordered', payers: 50, type: 'member', ways: ['one result', 'eight results'] satisfies Way[] },
  { lanes: '50 payers, unordered', payers: 50, type: 'claims', ways: allWays },
]

export type Row = {
  over: 'memory' | 'emulator'
  waiting: number
  lanes: string
  way: Way
  admissions: number
  transactions: number
  largestTransaction: number
  each: PerAdmission
  /** Write units of its transactions as the emulator bills them, an admission. */
  toldWriteUnits?: number
  readKinds: Record<string, number>
  writtenKinds: Record<string, number>
}

export type Wanted = { waiting: number[]; inMemory: number[]; admissions: number; reRanked: number; files: number }

const rounded = (n: number): number => Math.round(100 * n) / 100

const rowsOf = (row: Pick<Row, 'over' | 'waiting' | 'lanes'>, found: Awaited<ReturnType<typeof steadyState>>): Row[] =>
  found.map(({ way, counts, told }) => ({
    ...row,
    way,
    admissions: counts.admissions,
    transactions: counts.transactions,
    largestTransaction: counts.largest,
    each: perAdmission(counts),
    ...(told ? { toldWriteUnits: rounded(told.transactedUnits / counts.admissions) } : {}),
    readKinds: counts.readKinds,
    writtenKinds: counts.writtenKinds,
  }))

/** Counts that are above their aim, or not the same at every number of waiting files. */
export const shortfalls = (rows: readonly Row[], reRanked: ReRanked | undefined): string[] => {
  const named = ({ over, waiting, lanes, way }: Row): string => `${lanes}, ${way}, ${waiting} waiting, ${over}`
  const above = rows.flatMap((row) => [
    ...(row.each.readUnits > aims.readUnits
      ? [`${named(row)}: ${row.each.readUnits} read units an admission; the aim is ${aims.readUnits}`]
      : []),
    ...(row.each.items > aims.items
      ? [`${named(row)}: ${row.each.items} items an admission; the aim is ${aims.items}`]
      : []),
  ])
  const notFlat = rows.flatMap((row) => {
    const same = rows.find(({ lanes, way }) => lanes === row.lanes && way === row.way)
    const differs =
      same && (['requests', 'readUnitsRaw', 'itemsRaw'] as const).find((name) => same.each[name] !== row.each[name])
    return same && differs
      ? [
          `${named(row)}: ${differs} ${row.each[differs]}; at ${same.waiting} in ${same.over} ${same.each[differs]}: not flat`,
        ]
      : []
  })
  const slow = reRanked && reRanked.itemsALane > aims.itemsALane
  return [
    ...above,
    ...notFlat,
    ...(slow ? [`re-ranking: ${reRanked.itemsALane} items a lane; the aim is ${aims.itemsALane}`] : []),
  ]
}

const inFilesAnHour = (messagesASecond: number): number => Math.round((messagesASecond * 3600) / MESSAGES_A_FILE)

/** How fast one shard is, over the emulator and over memory: the difference is the emulator's, and the SDK's. */
const speed = ({ files, messages, batches, seconds, ownSeconds, messagesASecond }: Digested) => ({
  files,
  messages,
  batches,
  seconds: rounded(seconds),
  ownCpuSeconds: rounded(ownSeconds),
  messagesASecond: rounded(messagesASecond),
  filesAnHour: inFilesAnHour(messagesASecond),
})

export const admissionBench = async (wanted: Wanted, say: (line: string) => void) => {
  const rows: Row[] = []
  for (const waiting of wanted.inMemory)
    for (const { lanes, payers, type, ways } of kinds) {
      say(`${waiting} waiting in memory: ${lanes}`)
      const world = await memoryWorld({ payers, types: [type], waiting })
      rows.push(...rowsOf({ over: 'memory', waiting, lanes }, await steadyState(world, ways, wanted.admissions)))
    }

  say(`re-ranking a payer with ${wanted.reRanked} waiting files`)
  const reRanked = await reRank(wanted.reRanked)

  const built = () => memoryWorld({ payers: 50, types: ['claims'], waiting: 50 })
  say(`${wanted.files} files through one shard, in memory`)
  const memory = speed(await digest(await built(), wanted.files))
  const emulator = wanted.waiting.length > 0 ? await onEmulator(wanted, rows, built, say) : undefined
  const shares = emulator && { emulatorShare: rounded(1 - emulator.ownCpuSeconds / emulator.seconds) }
  return {
    machine: machine(),
    aims,
    shortfalls: shortfalls(rows, reRanked),
    admissions: rows,
    reRanked,
    digest: { messagesAFile: MESSAGES_A_FILE, memory, ...(emulator ? { emulator: { ...emulator, ...shares } } : {}) },
  }
}
export type Bench = Awaited<ReturnType<typeof admissionBench>>

const onEmulator = async (
  wanted: Wanted,
  rows: Row[],
  built: () => ReturnType<typeof memoryWorld>,
  say: (line: string) => void,
) => {
  const emulator = await ownEmulator()
  try {
    let made = 0
    for (const waiting of wanted.waiting)
      for (const { lanes, payers, type, ways } of kinds) {
        say(`${waiting} waiting on the emulator: ${lanes}`)
        const world = await emulatorWorld(emulator, `b${++made}`, await memoryWorld({ payers, types: [type], waiting }))
        rows.push(...rowsOf({ over: 'emulator', waiting, lanes }, await steadyState(world, ways, wanted.admissions)))
        world.close()
      }
    say(`${wanted.files} files through one shard, on the emulator`)
    const world = await emulatorWorld(emulator, 'digest', await built())
    const digested = await digest(world, wanted.files)
    world.close()
    return speed(digested)
  } finally {
    await emulator.stop()
  }
}
