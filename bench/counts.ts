import type { Whose } from './whose.ts'

export type Cost = { requests: number; readUnits: number; writeUnits: number }

/** What a number of batches asked of DynamoDB. */
export type Counts = {
  transactions: number
  admissions: number
  /** The largest transaction, actions. */
  largest: number
  /** Up to and with the transactions. */
  deciding: Cost
  /** What carrying out the calls asks of the table. */
  after: Cost
  /** Actions of the transactions, and read units before them, by whom they serve. */
  items: Record<Whose, number>
  reads: Record<Whose, number>
  /** Items written and items or pages read, by kind, so that a number that grew can be found. */
  writtenKinds: Record<string, number>
  readKinds: Record<string, number>
}

const nothing = (): Cost => ({ requests: 0, readUnits: 0, writeUnits: 0 })

export const noCounts = (): Counts => ({
  ...{ transactions: 0, admissions: 0, largest: 0, deciding: nothing(), after: nothing() },
  items: { admitted: 0, ended: 0, all: 0 },
  reads: { admitted: 0, ended: 0, all: 0 },
  writtenKinds: {},
  readKinds: {},
})

/** How an admission fares: everything shared divided by the admissions, what serves only the jobs that ended apart. */
export const perAdmission = ({ admissions, items, reads, deciding, after }: Counts) => {
  const each = (n: number): number => Math.round((100 * n) / admissions) / 100
  return {
    requests: each(deciding.requests),
    readUnits: each(reads.admitted + reads.all),
    readUnitsRaw: each(deciding.readUnits),
    items: each(items.admitted + items.all),
    itemsRaw: each(items.admitted + items.all + items.ended),
    writeUnits: each(deciding.writeUnits),
    requestsAfter: each(after.requests),
    readUnitsAfter: each(after.readUnits),
    writeUnitsAfter: each(after.writeUnits),
  }
}
export type PerAdmission = ReturnType<typeof perAdmission>
