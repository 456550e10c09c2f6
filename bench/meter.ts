import type { PolicyTables } from '#domain/ports/policy-tables'
import type { ScheduleTable, Transaction } from '#domain/ports/schedule-table'
import type { StoredItem } from '#domain/schedule/books'
import * as keys from '#domain/schedule/keys'
import { type Counts, noCounts } from './counts.ts'
import { type Item, itemSize, plainUnits, readUnits, transactedUnits } from './item-size.ts'
import { whoseOf } from './whose.ts'

export type Ports = { table: ScheduleTable; tables: PolicyTables }

const attributes = ({ pk, sk }: keys.Key, value: unknown): Item | undefined =>
  value === undefined ? undefined : { PK: pk, SK: sk, ...Object(value) }

const sizeOf = (item: StoredItem | undefined): number => (item ? itemSize(attributes(item, item.value)) : 0)
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)

const kindOf = ({ pk, sk }: keys.Key): string => {
  const [kind] = pk.split('#')
  return kind === 'POOL' || kind === 'JOB' ? `${kind} ${sk.split('#')[0]}` : (kind ?? pk)
}

/**
 * The ports as they are, counted. A port method is one request (design §5), so requests are calls of methods; units follow
 * DynamoDB's rules from the sizes of the items, because an emulator tells them for some requests only.
 * `peek` reads what a write replaces, uncounted: a write is billed by the larger of old and new.
 */
export const metered = (inner: Ports, peek: Pick<ScheduleTable, 'items'>) => {
  let counts: Counts = noCounts()
  let phase: 'deciding' | 'after' = 'deciding'
  let lookedAt: { key: keys.Key; units: number }[] = []

  const read = (looks: readonly { key: keys.Key; units: number; kind: string }[]): void => {
    counts[phase].requests += 1
    counts[phase].readUnits += sum(looks.map(({ units }) => units))
    if (phase === 'after') return
    lookedAt.push(...looks)
    for (const { kind } of looks) counts.readKinds[kind] = (counts.readKinds[kind] ?? 0) + 1
  }

  const note = async (transaction: Transaction, commit: () => Promise<void>): Promise<void> => {
    const { seq, writes, fences, calls, records } = transaction
    const before = writes.length > 0 ? await peek.items(writes.map(({ key }) => key)) : []
    await commit()
    const { admissions, whose } = whoseOf(transaction)
    const written = new Set(writes.map(({ key }) => `${key.pk} ${key.sk}`))
    // A condition on an item that is not written is an action of its own.
    const conditions = fences.filter(({ key }) => !written.has(`${key.pk} ${key.sk}`))
    const shard = { key: keys.shard(), old: 0, now: itemSize(attributes(keys.shard(), { seq: seq + 1 })) }
    const actions = [
      { ...shard, kind: 'SHARD', of: whose(shard.key) },
      ...writes.map(({ key, value }, i) => ({
        ...{ kind: kindOf(key), of: whose(key), old: sizeOf(before[i]), now: itemSize(attributes(key, value)) },
      })),
      ...conditions.map(({ key }) => ({ kind: 'condition', of: whose(key), old: 0, now: 0 })),
      // A call is of the job that it names; a terminate, which names an instance, is of one that ended.
      ...calls.map(({ key, item }) => ({
        kind: `CALL ${item.what.call}`,
        of: item.what.call === 'terminate' ? ('ended' as const) : whose({ ...key, sk: JSON.stringify(item.what) }),
        ...{ old: 0, now: itemSize(attributes(key, item)) },
      })),
      ...records.map((record) => ({
        ...{ kind: 'row of jobs', of: whose({ pk: 'jobs', sk: record.jobId }), old: 0, now: itemSize(record) },
      })),
    ]
    for (const { kind, of, old, now } of actions) {
      counts.items[of] += 1
      counts.writtenKinds[kind] = (counts.writtenKinds[kind] ?? 0) + 1
      counts.deciding.writeUnits += transactedUnits(old, now)
    }
    for (const { key, units } of lookedAt.splice(0)) counts.reads[whose(key)] += units
    counts.deciding.requests += 1
    counts.transactions += 1
    counts.admissions += admissions
    counts.largest = Math.max(counts.largest, actions.length)
    phase = 'after'
  }

  const table: ScheduleTable = {
    ...inner.table,
    commit: (transaction) => note(transaction, () => inner.table.commit(transaction)),
    async items(wanted) {
      // Every decision begins with the shard.
      if (wanted.some(({ pk }) => pk === keys.shard().pk)) phase = 'deciding'
      const found = await inner.table.items(wanted)
      read(wanted.map((key, i) => ({ key, units: readUnits(sizeOf(found[i])), kind: kindOf(key) })))
      return found
    },
    async page(query) {
      const page = await inner.table.page(query)
      const key = { pk: query.pk, sk: query.prefix }
      read([{ key, units: readUnits(sum(page.items.map(sizeOf))), kind: `page of ${kindOf(key)}` }])
      return page
    },
    async remove(key) {
      const [old] = await peek.items([key])
      await inner.table.remove(key)
      counts[phase].requests += 1
      counts[phase].writeUnits += plainUnits(sizeOf(old), 0)
    },
  }
  const tables: PolicyTables = {
    ...inner.tables,
    async rows(payerId) {
      const rows = await inner.tables.rows(payerId)
      const units = readUnits(sum(rows.map((row) => itemSize(Object(row)))))
      read([{ key: { pk: `ROWS#${payerId}`, sk: '' }, units, kind: payerId === '*' ? 'rows of *' : 'rows of a payer' }])
      return rows
    },
    async pool(pool) {
      const row = await inner.tables.pool(pool)
      read([
        {
          key: { pk: `POOL#${pool}`, sk: 'row' },
          units: readUnits(itemSize(Object(row ?? {}))),
          kind: 'row of a pool',
        },
      ])
      return row
    },
  }
  return {
    table,
    tables,
    sofar: (): Counts => counts,
    /** What was counted since the last time. */
    take: (): Counts => {
      const taken = counts
      counts = noCounts()
      lookedAt = []
      return taken
    },
  }
}
