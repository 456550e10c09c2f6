import { prices } from '#config/prices'
import { isOver } from '#domain/schedule/items/status'
import { randomOf } from '../simulator/random.ts'
import { live } from '../simulator/run/live.ts'
import { calm } from '../simulator/world/odds.ts'
import type { Plan } from '../simulator/world/plan.ts'
import { instance, memories, priced } from './price-lines.ts'
import { requestMeter } from './request-meter.ts'

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

/** Log lines of a run, Lambda's own two included, bytes. */
const LOG_BYTES = 1600

/** Runs files through the real functions and the real state machine, and prices what they asked, for 1,000 that ended. */
const costOf = async (files: number, spreadMs: number, gib: Map<string, number>) => {
  const meter = requestMeter()
  const { world } = await live(planOf(files, spreadMs), false, [], meter)
  const ended = [...world.journal.jobs.values()].filter(({ status }) => isOver(status)).length
  if (ended < files * 0.9)
    throw new Error(`only ${ended} of ${files} files have ended; nothing can be said of the rest`)
  const { units, data, functions, messages } = meter.found()
  const machines = world.journal.machines.size
  const runsOf = (fn: string): number => functions.get(fn)?.runs ?? 0
  const runs = [...functions.keys()].reduce((all, fn) => all + runsOf(fn), 0)
  const counted = {
    ...{ ended, landed: files, machines, units, data, functions, messages },
    machinePuts: runsOf('progress') + machines * instance.puts,
    ...{ logBytes: runs * LOG_BYTES, logsEstimated: true },
  }
  const each = Object.fromEntries([...functions.keys()].map((fn) => [fn, runsOf(fn) / ended]))
  return {
    ended,
    machines,
    messagesEach: messages / ended,
    runsEach: each,
    ...priced(counted, gib),
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
