import { type PolicyState, putPool, putRow } from '#adapters/memory/policy-tables'
import type { Faults, Invocation } from './invocation.ts'
import type { Lambda } from './lambda.ts'
import type { PoolRow, Row } from './plan.ts'

type Stored = Record<string, unknown> | undefined
type Change = { Keys: Record<string, { S: string }>; OldImage?: object; NewImage?: object; SequenceNumber: string }

const image = (row: Stored) =>
  row && Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { S: JSON.stringify(value) }]))

const remark = (row: Stored) => (row?.['mayflyStatus'] === undefined ? {} : { mayflyStatus: row['mayflyStatus'] })
const text = (row: Stored): string => JSON.stringify(Object.entries(row ?? {}).sort())
const same = (before: Stored, row: Stored): boolean => text({ ...row, ...remark(before) }) === text(before)

/** The edited tables' streams: in order, at least once, one batch at a time; `reconfigure` reads them. */
export const streams = (
  state: PolicyState,
  { clock, random, odds, tell }: Faults,
  lambda: Lambda,
  run: (invocation: Invocation, event: { Records: { dynamodb: Change }[] }) => Promise<unknown>,
) => {
  const waiting: Change[] = []
  let busy = false
  let count = 0

  const drain = (tries: number): void => {
    if (busy || waiting.length === 0) return
    busy = true
    const records = waiting.slice(0, 100)
    const again = (delay: number, next: number): unknown =>
      clock.after(delay, () => {
        busy = false
        drain(next)
      })
    lambda.invoke(
      { fn: 'reconfigure', timeoutMs: 30_000 },
      (invocation) => run(invocation, { Records: records.map((dynamodb) => ({ dynamodb })) }),
      (outcome) => {
        if ('error' in outcome && tries < 10) return void again(1000, tries + 1)
        // Now and then a batch that was handled is handed over once more.
        if (random.chance((odds()?.twice ?? 0) / 3)) return void again(1000, tries)
        waiting.splice(0, records.length)
        again(0, 0)
      },
    )
  }
  const changed = (Keys: Change['Keys'], before: Stored, after: Stored): string => {
    const [OldImage, NewImage] = [image(before), image(after)]
    const SequenceNumber = `edit-${++count}`
    waiting.push({ Keys, SequenceNumber, ...(OldImage ? { OldImage } : {}), ...(NewImage ? { NewImage } : {}) })
    const late = random.chance(2 * (odds()?.late ?? 0)) ? random.between(10_000, 90_000) : random.between(200, 1500)
    clock.after(late, () => drain(0))
    return SequenceNumber
  }
  const rowNow = (payerId: string, fileType: string): Stored => state.rows.get(payerId)?.get(fileType)
  return {
    /** The number under which the inbox hears of the edit; undefined when it changes nothing. Our remark on the row stays. */
    editRow(row: Row): string | undefined {
      const before = rowNow(row.payerId, row.fileType)
      if (same(before, row)) return undefined
      putRow(state, { ...row, ...remark(before) })
      tell('editor', `row ${JSON.stringify(row)}`)
      return changed({ payerId: { S: row.payerId }, fileType: { S: row.fileType } }, before, row)
    },
    editPool(row: PoolRow): string | undefined {
      const before = state.pools.get(row.pool)
      if (same(before, row)) return undefined
      putPool(state, { ...row, ...remark(before) })
      tell('editor', `pool ${JSON.stringify(row)}`)
      return changed({ pool: { S: row.pool } }, before, row)
    },
    /** Our own remark on a row is a change of the table too. */
    remarked(table: 'row' | 'pool', ...key: string[]): void {
      const [first = '', second = ''] = key
      const now = table === 'row' ? rowNow(first, second) : state.pools.get(first)
      if (!now) return
      const { mayflyStatus: _, ...before } = now
      const Keys: Change['Keys'] =
        table === 'row' ? { payerId: { S: first }, fileType: { S: second } } : { pool: { S: first } }
      changed(Keys, before, now)
    },
  }
}
export type Streams = ReturnType<typeof streams>
