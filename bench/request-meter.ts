import type { AttemptWrite, Transaction } from '#domain/ports/schedule-table'
import type { StoredItem } from '#domain/schedule/books'
import type * as keys from '#domain/schedule/keys'
import type { Call } from '../simulator/world/invocation.ts'
import type { World } from '../simulator/world/world.ts'
import { type Item, itemSize, plainUnits, readUnits, transactedUnits } from './item-size.ts'
import { portPrices } from './port-prices.ts'

/** Runs of one function, and the milliseconds that its requests take, one after the other. */
export type Runs = { runs: number; requestMs: number }

/** A task token of Step Functions, bytes (2,048 at most); the simulator's are short. */
const TOKEN_BYTES = 800
const tokensIn = (value: unknown): number => JSON.stringify(value).match(/"token-\d+"/g)?.length ?? 0

const sizeOf = ({ pk, sk }: keys.Key, value: unknown): number =>
  value === undefined
    ? 0
    : itemSize({ PK: pk, SK: sk, ...Object(value) } satisfies Item) + TOKEN_BYTES * tokensIn(value)
const storedSize = (item: StoredItem | undefined): number => (item ? sizeOf(item, item.value) : 0)
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

/**
 * Counts what a world's functions ask of AWS, request by request as they pass through the ports; `sweep` apart, which runs
 * whether there are files or not (`mayfly idle-cost`).
 */
export const requestMeter = () => {
  const units = new Map<string, number>()
  const data = new Map<string, number>()
  const functions = new Map<string, Runs>()
  const seen = new Set<string>()
  /** Sizes of items as they were last written: a write is billed by the larger of old and new. */
  const sizes = new Map<string, number>()
  let messages = 0

  const add = (service: string, count: number, to = units): void => void to.set(service, (to.get(service) ?? 0) + count)
  const written = (key: keys.Key, value: unknown): { old: number; now: number } => {
    const id = `${key.pk}\n${key.sk}`
    const [old, now] = [sizes.get(id) ?? 0, sizeOf(key, value)]
    sizes.set(id, now)
    return { old, now }
  }
  const transacted = (key: keys.Key, value: unknown): number => {
    const { old, now } = written(key, value)
    return transactedUnits(old, now)
  }
  /** A condition on an item that is not written: billed by its size all the same. */
  const condition = ({ pk, sk }: keys.Key): number => transactedUnits(sizes.get(`${pk}\n${sk}`) ?? 0, 0)

  const committed = ({ seq, writes, fences, calls, records }: Transaction): number => {
    const own = new Set(writes.map(({ key }) => `${key.pk}\n${key.sk}`))
    return sum([
      transacted({ pk: 'SHARD#main', sk: 'STATE' }, { seq: seq + 1 }),
      ...fences.filter(({ key }) => !own.has(`${key.pk}\n${key.sk}`)).map(({ key }) => condition(key)),
      ...writes.map(({ key, value }) => transacted(key, value)),
      ...calls.map(({ key, item }) => transacted(key, item)),
      ...records.map((record) => transacted({ pk: 'jobs', sk: record.jobId }, record)),
    ])
  }

  const attempted = ({ attempt, job, instanceId }: AttemptWrite): number => {
    const pk = `JOB#${job.job}`
    const ids = { job: job.job, round: attempt.round, attempt: attempt.attempt }
    return sum([
      transacted({ pk, sk: `ATTEMPT#${attempt.round}#${attempt.attempt}` }, attempt),
      transacted({ pk: 'OPEN#main', sk: `${job.job}#${attempt.round}#${attempt.attempt}` }, ids),
      condition({ pk, sk: 'STATE' }),
      ...(instanceId === undefined ? [] : [transacted({ pk: `INSTANCE#${instanceId}`, sk: 'STATE' }, ids)]),
    ])
  }

  const unitsOf = ({ what, args, result }: Call): void => {
    switch (what) {
      case 'table.items':
        return add(
          'dynamodbReadUnit',
          sum((result as (StoredItem | undefined)[]).map((it) => readUnits(storedSize(it)))),
        )
      case 'table.page':
        return add('dynamodbReadUnit', readUnits(sum((result as { items: StoredItem[] }).items.map(storedSize))))
      case 'table.commit':
        return add('dynamodbWriteUnit', committed(args[0] as Transaction))
      case 'table.writeAttempt':
        return add('dynamodbWriteUnit', attempted(args[0] as AttemptWrite))
      case 'table.remove': {
        const { old, now } = written(args[0] as keys.Key, undefined)
        return add('dynamodbWriteUnit', plainUnits(old, now))
      }
      case 'table.write': {
        const { old, now } = written(args[0] as keys.Key, args[1])
        return add('dynamodbWriteUnit', plainUnits(old, now))
      }
      case 'tables.rows':
        return add('dynamodbReadUnit', readUnits(sum((result as object[]).map((row) => itemSize({ ...row })))))
      case 'table.count':
      case 'tables.pool':
        return add('dynamodbReadUnit', 1)
      case 'tables.setRowStatus':
      case 'tables.setPoolStatus':
        return add('dynamodbWriteUnit', 1)
    }
  }

  return {
    call(world: World, call: Call): void {
      const { invocation, what } = call
      if (invocation.fn === 'sweep') return
      const price = portPrices[what]
      if (!price) throw new Error(`${what} has no entry in bench/port-prices.ts`)
      const { runs, requestMs } = functions.get(invocation.fn) ?? { runs: 0, requestMs: 0 }
      const first = !seen.has(invocation.id)
      seen.add(invocation.id)
      functions.set(invocation.fn, { runs: runs + (first ? 1 : 0), requestMs: requestMs + price.ms })
      if (first && invocation.fn === 'schedule') messages += world.pump.batchOf(invocation.id).length
      const to = price.data ? data : units
      if (price.service) add(price.service, 1, to)
      // S3 tells EventBridge of every object, and that is billed.
      if (price.makesObject) add('eventBridgeEvent', 1, to)
      unitsOf(call)
    },
    /** States entered: Step Functions bills each. */
    tell(_who: string, what: string): void {
      if (/^is in \w+$/.test(what)) add('stepFunctionsTransition', 1)
    },
    found: () => ({ units, data, functions, messages }),
  }
}
