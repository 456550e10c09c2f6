import { roundedUsd } from '#domain/cost'
import { instanceTypes } from '#domain/policy/instance-types'
import { hourlyPrice, type PriceTable } from '#domain/prices'

/** A round that succeeded, as it is recorded. */
export type Run = {
  payerId: string
  fileType: string
  /** ISO 8601. */
  endedAt: string
  instanceType: string
  market: 'spot' | 'on-demand'
  peakMemoryBytes: number
  cpuSeconds: number
  usefulSeconds: number
  billedSeconds: number
}

export type Advice = {
  payerId: string
  fileType: string
  /** How many runs it rests on. */
  runs: number
  /** The last run's type. */
  instanceType: string
  peakMemoryBytes: number
  /** CPU seconds ÷ seconds of work, of the run that had most. */
  cores: number
  /** `none-holds`: not even the largest of its architecture has the memory. */
  advice: 'smaller' | 'keep' | 'larger' | 'none-holds'
  /** The cheapest type that would have held; what is used now where there is none. */
  instead: string
  /** What these runs would have cost less, US dollars at list prices; negative: more. */
  savedUsd: number
  /** Of what their instances cost, 0 to 1. */
  savedShare: number
  /** Too few runs to trust. */
  few: boolean
}

/** What is kept free of the largest peak that was seen. */
const MARGIN = 1.25
/** What AL2023, the script and above all dnf, while it installs a runtime, take beside the processor, bytes (not measured). */
const SYSTEM_BYTES = 500 * 2 ** 20
/** Fewer runs than this say little about the next. */
const FEW = 5
/** Burstable types below their baseline cost nothing above their price: share of a vCPU (AWS's T3 pages). */
const baselines: Record<string, number> = { 't3a.nano': 0.05, 't3.small': 0.2, 't3.medium': 0.2 }

type Need = { memoryBytes: number; cores: number }

const hasMemory = (type: string, { memoryBytes }: Need): boolean =>
  (instanceTypes[type]?.memoryGiB ?? 0) * 2 ** 30 >= memoryBytes
const hasCores = (type: string, { cores }: Need): boolean =>
  (instanceTypes[type]?.vcpus ?? 0) * (Object.hasOwn(baselines, type) ? (baselines[type] ?? 1) : 1) >= cores

const coresOf = ({ cpuSeconds, usefulSeconds }: Run): number => cpuSeconds / Math.max(1, usefulSeconds)

const verdict = (tight: boolean, better: boolean): Advice['advice'] =>
  tight ? (better ? 'larger' : 'none-holds') : better ? 'smaller' : 'keep'

const adviceFor = (runs: readonly Run[], prices: Pick<PriceTable, 'instances'>): Advice | undefined => {
  const last = runs.toSorted((a, b) => (a.endedAt < b.endedAt ? -1 : 1)).at(-1)
  const now = last && instanceTypes[last.instanceType]
  if (!last || !now) return undefined
  const peakMemoryBytes = Math.max(...runs.map((run) => run.peakMemoryBytes))
  const cores = Math.max(...runs.map(coresOf))
  const need = { memoryBytes: peakMemoryBytes * MARGIN + SYSTEM_BYTES, cores: cores * MARGIN }
  const priceOf = (type: string): number => hourlyPrice(prices, type, last.market) ?? Number.POSITIVE_INFINITY
  const holding = Object.keys(instanceTypes)
    .filter((type) => instanceTypes[type]?.architecture === now.architecture)
    .filter((type) => hasMemory(type, need) && hasCores(type, need))
    .sort((a, b) => priceOf(a) - priceOf(b) || (a < b ? -1 : 1))
  const tight = !hasMemory(last.instanceType, need)
  const [best] = tight ? holding : holding.filter((type) => priceOf(type) < priceOf(last.instanceType))
  const instead = best ?? last.instanceType
  const costAt = (type: (run: Run) => string): number =>
    runs.reduce((sum, run) => sum + (run.billedSeconds / 3600) * (hourlyPrice(prices, type(run), run.market) ?? 0), 0)
  const spent = costAt(({ instanceType }) => instanceType)
  const saved = best ? spent - costAt(() => instead) : 0
  return {
    ...{ payerId: last.payerId, fileType: last.fileType, runs: runs.length, instanceType: last.instanceType },
    ...{ peakMemoryBytes, cores: Math.round(cores * 100) / 100 },
    ...{ advice: verdict(tight, best !== undefined), instead },
    ...{ savedUsd: roundedUsd(saved), savedShare: spent > 0 ? Math.round((saved / spent) * 1000) / 1000 : 0 },
    few: runs.length < FEW,
  }
}

/**
 * Right-sizing from recorded peaks, per payer and type: the cheapest instance type of the same architecture that would have
 * held every run's memory and CPU with a margin. A type that is only slow is kept; one without the memory is not.
 */
export const adviseOn = (runs: readonly Run[], prices: Pick<PriceTable, 'instances'>): Advice[] => {
  const lane = ({ payerId, fileType }: Run): string => `${payerId}/${fileType}`
  const lanes = [...new Set(runs.map(lane))].sort()
  return lanes.flatMap((one) => {
    const some = runs.filter((run) => lane(run) === one)
    return adviceFor(some, prices) ?? []
  })
}
