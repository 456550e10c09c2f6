import { type Random, randomOf } from '../random.ts'
import { calm, cutOff, hasty, type Odds, rough, scarce, talkative, unborn, wild } from './odds.ts'

export type Row = Record<string, unknown> & { payerId: string; fileType: string }
export type PoolRow = Record<string, unknown> & { pool: string }

/** What people do, and when: milliseconds after the start of the world. */
export type Act = { at: number } & (
  | { do: 'drop'; key: string; sound: boolean }
  | { do: 'delete'; key: string }
  | { do: 'edit-row'; row: Row; valid: boolean }
  | { do: 'edit-pool'; row: PoolRow; valid: boolean }
  | { do: 'stop-execution'; pick: number }
  | { do: 'end-boot-loops' }
  | { do: 'request'; action: 'retry' | 'excuse' | 'hold' | 'resume' | 'withdraw' | 'stop' | 'waive'; pick: number }
)

export type Plan = {
  seed: number
  odds: Odds
  /** Faults stop at this time after the start, milliseconds. */
  faultsUntil: number
  rows: Row[]
  pools: PoolRow[]
  acts: Act[]
}

const MINUTE = 60_000
const profiles: [string, Odds][] = [
  ['rough', rough],
  ['rough', rough],
  ['wild', wild],
  ['wild', wild],
  ['scarce', scarce],
  ['hasty', hasty],
  ['cut off', cutOff],
  ['unborn', unborn],
  ['talkative', talkative],
  ['calm', calm],
]

const rowsOf = (random: Random, payers: readonly string[]): Row[] => {
  const rows: Row[] = [
    {
      ...{ payerId: '*', fileType: '*', pool: 'p', format: 'ndjson', processor: 'any', bootMinutes: 1 },
      ...{ maxRunMinutes: random.between(2, 5), attempts: random.between(2, 4) },
      graceSeconds: random.pick([0, 0, 60, 120]),
      instanceTypes: [random.pick(['t3.small', 't3.small', 'm7i.xlarge'])],
      ...{ market: random.pick(['on-demand', 'spot']), onDemandAfter: random.below(3) },
      bootFailures: random.between(2, 5),
    },
  ]
  if (random.chance(0.7))
    rows.push({ payerId: '*', fileType: 'remit', after: [{ type: 'claims', atLeast: random.pick([0, 1]) }] })
  for (const payerId of payers) {
    rows.push({
      ...{ payerId, fileType: '*', priority: random.between(1, 999) },
      ...(random.chance(0.4) ? { scope: 'cycle' } : {}),
      ...(random.chance(0.3) ? { pool: 'q' } : {}),
      ...(random.chance(0.15) ? { quietSeconds: 45 } : {}),
    })
    if (random.chance(0.6))
      rows.push({
        ...{ payerId, fileType: 'member', ordered: random.chance(0.75) },
        ...{ haltOnFailure: random.chance(0.5), laterClears: random.chance(0.5) },
      })
    if (random.chance(0.4)) rows.push({ payerId, fileType: 'claims', maxConcurrent: random.between(1, 2) })
  }
  return rows
}

const filesOf = (random: Random, payers: readonly string[], types: readonly string[]): Act[] => {
  const acts: Act[] = []
  for (const payer of payers)
    for (const type of types) {
      const most = type === 'member' ? 3 : type === 'claims' ? 3 : 1
      for (let n = random.below(most + 1); n > 0; n -= 1) {
        const cycle = random.chance(0.5) ? `${random.pick(['c1', 'c2'])}/` : ''
        const key = `${payer}/${type}/${cycle}f${n}`
        let at = random.below(random.pick([1, 6, 20]) * MINUTE)
        acts.push({ at, do: 'drop', key, sound: random.chance(0.85) })
        for (let again = 0; again < 3 && random.chance(0.22); again += 1) {
          at += random.below(12 * MINUTE)
          if (random.chance(0.4)) acts.push({ at, do: 'delete', key })
          else acts.push({ at, do: 'drop', key, sound: random.chance(0.9) })
        }
      }
    }
  return acts
}

const badRows: Record<string, unknown>[] = [
  { priority: 'high' },
  { priorty: 5 },
  { maxConcurrent: 0 },
  { after: 'member' },
]

const editsOf = (random: Random, rows: readonly Row[], pools: readonly PoolRow[]): Act[] => {
  const acts: Act[] = []
  for (let n = random.below(5); n > 0; n -= 1) {
    const row = random.pick(rows)
    const at = 4 * MINUTE + random.below(16 * MINUTE)
    if (random.chance(0.3)) {
      acts.push({ at, do: 'edit-row', row: { ...row, ...random.pick(badRows) }, valid: false })
      if (random.chance(0.5)) acts.push({ at: at + 3 * MINUTE, do: 'edit-row', row, valid: true })
    } else if (random.chance(0.4)) {
      acts.push({ at, do: 'edit-row', row: { ...row, enabled: false }, valid: true })
      if (random.chance(0.7)) acts.push({ at: at + 5 * MINUTE, do: 'edit-row', row, valid: true })
    } else acts.push({ at, do: 'edit-row', row: { ...row, priority: random.between(1, 999) }, valid: true })
  }
  if (random.chance(0.35)) {
    const pool = random.pick(pools)
    const at = 4 * MINUTE + random.below(10 * MINUTE)
    const change = random.pick([
      { maxInstances: 1 },
      { maxInstances: 6, maxVcpus: 24 },
      { enabled: false },
      { maxVcpus: -1 },
    ])
    acts.push({ at, do: 'edit-pool', row: { ...pool, ...change }, valid: change.maxVcpus !== -1 })
    acts.push({ at: at + 6 * MINUTE, do: 'edit-pool', row: pool, valid: true })
  }
  return acts
}

const actions = ['retry', 'retry', 'excuse', 'hold', 'withdraw', 'stop', 'waive'] as const

const requestsOf = (random: Random, hurried: boolean): Act[] => {
  const acts: Act[] = []
  for (let n = hurried ? 16 : random.below(4); n > 0; n -= 1) {
    const action = random.pick(hurried ? (['stop', 'stop', 'retry', 'withdraw'] as const) : actions)
    const [at, pick] = [(hurried ? 0 : 2 * MINUTE) + random.below(25 * MINUTE), random.below(1000)]
    acts.push({ at, do: 'request', action, pick })
    if (action === 'hold') acts.push({ at: at + 4 * MINUTE, do: 'request', action: 'resume', pick })
  }
  return acts
}

/** A whole world from a number. */
export const planOf = (seed: number): Plan => {
  const random = randomOf(seed, 'plan')
  const [, odds] = random.pick(profiles)
  const payers = ['acme', 'bolt', 'cato', 'dart'].slice(0, random.between(2, 4))
  const known = random.chance(0.3) ? payers.slice(1) : payers
  const rows = rowsOf(random, payers)
  const types = rows.some(({ fileType }) => fileType === 'remit') ? ['member', 'claims', 'remit'] : ['member', 'claims']
  const first = rows.filter(({ payerId }) => payerId === '*' || known.includes(payerId))
  const pools = [
    { pool: 'p', maxVcpus: random.pick([4, 6, 8, 16]), maxInstances: random.between(1, 4) },
    { pool: 'q', maxVcpus: 8, maxInstances: random.between(1, 2) },
  ]
  const later: Act[] = rows
    .filter((row) => !first.includes(row))
    .map((row) => ({ at: random.between(5, 9) * MINUTE, do: 'edit-row', row, valid: true }))
  const stops: Act[] = []
  for (let n = odds === hasty ? 5 : random.below(3); n > 0 && odds !== talkative; n -= 1)
    stops.push({ at: random.below(22 * MINUTE), do: 'stop-execution', pick: random.below(1000) })
  const quiet = odds === talkative
  const acts = [
    ...filesOf(random, payers, types),
    ...later,
    ...(quiet ? [] : editsOf(random, first, pools)),
    ...stops,
    ...(quiet ? [] : requestsOf(random, odds === hasty)),
    // Owners look at what is held now and then, and once more when nothing goes wrong any more.
    ...[12, 24, 45].map((minute): Act => ({ at: minute * MINUTE, do: 'end-boot-loops' })),
  ]
  return { seed, odds, faultsUntil: 30 * MINUTE, rows: first, pools, acts: acts.sort((a, b) => a.at - b.at) }
}
