import { randomFrom } from '#config/samples/random'
import { Fault } from '#local/hypervisor/fault'

/** A file to drop, and what is to go wrong with it. Faults are for the job once its id is known, or for its key. */
export type PlannedFile = {
  readonly key: string
  readonly payerId: string
  readonly fileType: 'member' | 'claims'
  readonly isSound: boolean
  readonly text: string
  /** Of launches of the job's attempts and of its machines' events. */
  readonly ofJob: readonly { readonly attempt: number; readonly fault: Fault }[]
  /** Of the S3 event that announces it. */
  readonly ofKey: readonly Fault[]
}
export type Plan = {
  readonly files: readonly PlannedFile[]
  /** Taken by whoever comes next. */
  readonly ofAll: readonly Fault[]
}
type Options = { readonly files: number; readonly payers: number; readonly seed: number; readonly calm?: boolean }

/** Odd payers ask for spot machines. */
export const isSpotPayer = (payer: number): boolean => payer % 2 === 1
export const payerName = (payer: number): string => `chaos-${String(payer).padStart(2, '0')}`

/** All that goes wrong in a run that is large enough, as the table of its summary calls it. */
export const kinds: readonly string[] = [
  ...['insufficient-capacity', 'insufficient-capacity of t3.small in us-east-1a', 'vcpu-limit', 'throttle'],
  ...['lose-answer', 'describe-lag', 'slow-boot', 'fail-pending', 'dead-boot', 'death', 'spot-interruption'],
  ...['freeze', 'hang', 'lose-events ec2', 'late-events ec2', 'repeat-events ec2'],
  ...['late-events s3 arrival', 'repeat-events s3 arrival', 'lose-events s3 progress.json'],
  ...['late-events s3 result.json', 'lose-events s3 result.json', 'repeat-events s3 result.json'],
]

type Draw = { readonly share: number; readonly fault: (random: Random) => unknown }

/** What may go wrong with one launch or its machine, and how often, in shares of all. Times are short: so is the work. */
const ofLaunches: readonly Draw[] = [
  { share: 9, fault: (random) => ({ type: 'death', afterSeconds: random.between(0, 6) }) },
  { share: 5, fault: () => ({ type: 'fail-pending' }) },
  { share: 4, fault: () => ({ type: 'dead-boot' }) },
  { share: 4, fault: (random) => ({ type: 'freeze', afterSeconds: random.between(0, 3) }) },
  { share: 5, fault: (random) => ({ type: 'slow-boot', seconds: random.between(3, 15) }) },
  { share: 8, fault: () => ({ type: 'lose-answer', count: 4 }) },
  // Each is remembered for minutes, against everybody: with more of them all four types are refused most of the time.
  { share: 2, fault: () => ({ type: 'insufficient-capacity' }) },
  { share: 5, fault: (random) => ({ type: 'describe-lag', seconds: random.between(5, 40) }) },
]
const ofSpot: readonly Draw[] = [
  {
    share: 16,
    fault: (random) => ({ type: 'spot-interruption', afterSeconds: random.between(0, 3), noticeSeconds: 4 }),
  },
]
const ofMachinesEvents: readonly Draw[] = [
  { share: 12, fault: () => ({ type: 'lose-events', source: 'ec2', count: 4 }) },
  { share: 8, fault: (random) => ({ type: 'late-events', source: 'ec2', seconds: random.between(3, 20), count: 2 }) },
  { share: 8, fault: () => ({ type: 'repeat-events', source: 'ec2', count: 3 }) },
]
const ofArrivals: readonly Draw[] = [
  { share: 12, fault: (random) => ({ type: 'late-events', source: 's3', seconds: random.between(2, 20) }) },
  { share: 12, fault: () => ({ type: 'repeat-events', source: 's3' }) },
]

/** The same seed gives the same files and the same faults for them. */
export const planChaos = ({ files: count, payers, seed, calm = false }: Options): Plan => {
  const random = randomOf(seed)
  const perPayer = new Array<number>(payers).fill(0)
  const files = Array.from({ length: count }, (_, n): PlannedFile => {
    const payer = n % payers
    const place = perPayer[payer] ?? 0
    perPayer[payer] = place + 1
    const fileType = place % 4 === 0 ? 'member' : 'claims'
    // An unsound member file would keep its payer's claims waiting for a person.
    const isSound = fileType === 'member' || random.next() > 0.04
    const key = `${payerName(payer)}/${fileType}/f${String(n).padStart(4, '0')}.ndjson`
    const launches = isSpotPayer(payer) ? [...ofLaunches, ...ofSpot] : ofLaunches
    const second = random.next() < 0.3 ? drawn(launches, random) : []
    const drawnFaults = [
      ...drawn(launches, random).map((fault) => ({ attempt: 1, fault })),
      ...second.map((fault) => ({ attempt: 2, fault })),
      ...drawn(ofMachinesEvents, random).map((fault) => ({ attempt: 1, fault })),
    ]
    const hangs = random.next() < 0.03
    const seconds = random.between(1, 4)
    const work = JSON.stringify({ seconds: Number(seconds.toFixed(1)), ...(hangs ? { hangsOnAttempt: 1 } : {}) })
    return {
      ...{ key, payerId: payerName(payer), fileType, isSound },
      text: `${work}\n${isSound ? '{"line":2}' : '{"line":'}\n`,
      ofJob: calm ? [] : drawnFaults,
      ofKey: calm ? [] : drawn(ofArrivals, random).map((fault) => Fault.parse({ ...fault, key })),
    }
  })
  const some = (share: number) => Math.max(1, Math.round(count * share))
  const ofResults = { source: 's3', key: '/result.json' }
  const ofAll = [
    { type: 'late-events', ...ofResults, seconds: 10, count: some(0.08) },
    { type: 'lose-events', ...ofResults, count: some(0.05) },
    { type: 'repeat-events', ...ofResults, count: some(0.08) },
    { type: 'lose-events', source: 's3', key: '/progress.json', count: some(0.1) },
    { type: 'throttle', count: some(0.1) },
    { type: 'insufficient-capacity', instanceType: 't3.small', zone: 'us-east-1a', count: some(0.01) },
    // Of the other market it would leave half of the payers with nothing to ask for.
    { type: 'vcpu-limit', market: 'spot', count: some(0.01) },
  ].map((fault) => Fault.parse(fault))
  return { files, ofAll: calm ? [] : ofAll }
}

const drawn = (draws: readonly Draw[], random: Random): Fault[] => {
  let at = random.next() * 100
  for (const { share, fault } of draws) {
    at -= share
    if (at < 0) return [Fault.parse(fault(random))]
  }
  return []
}

type Random = ReturnType<typeof randomOf>

const randomOf = (seed: number) => {
  const { below } = randomFrom(seed, 'chaos')
  const next = (): number => below(1_000_000) / 1_000_000
  return { next, between: (low: number, high: number) => Number((low + next() * (high - low)).toFixed(2)) }
}
