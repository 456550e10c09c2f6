import { describe, expect, it } from 'vitest'
import { aims, kinds } from '../../bench/admission.ts'
import { perAdmission } from '../../bench/counts.ts'
import { memoryWorld } from '../../bench/memory-world.ts'
import { reRank } from '../../bench/re-rank.ts'
import { steadyState } from '../../bench/steady-state.ts'

/** DynamoDB's limit of one transaction (aws-facts). */
const MAX_ACTIONS = 100

const costs = async (payers: number, type: string, ways: (typeof kinds)[number]['ways'], waiting: number) => {
  const found = await steadyState(await memoryWorld({ payers, types: [type], waiting }), ways, 16)
  return found.map(({ way, counts }) => ({ way, each: perAdmission(counts), largest: counts.largest, counts }))
}

describe('what an admission costs', () => {
  it.each(kinds)('is within the aims and does not depend on what waits: $lanes', async ({ payers, type, ways }) => {
    const few = await costs(payers, type, ways, 100)
    for (const { each, largest } of few) {
      expect(each.readUnits).toBeLessThanOrEqual(aims.readUnits)
      expect(each.items).toBeLessThanOrEqual(aims.items)
      expect(largest).toBeLessThanOrEqual(MAX_ACTIONS)
    }
    expect(await costs(payers, type, ways, 2000)).toEqual(few)
  })

  it('is one transaction for up to five results, two for eight', async () => {
    const [eight] = await costs(50, 'claims', ['eight results'], 100)
    expect(eight?.counts).toMatchObject({ admissions: 16, transactions: 4 })
  })

  it('asks for the rows of everybody once a transaction, and reads no lane for a full pool', async () => {
    const [one] = await costs(50, 'claims', ['one result'], 100)
    // One scope and two lanes (member, claims) of the payer whose job ended, as many of the payer whose job is admitted.
    expect(one?.counts.readKinds).toMatchObject({ 'rows of *': 16, SCOPE: 32, 'page of LANE': 64 })
  })

  it('does not write the pool that gives a machine back and takes one', async () => {
    const [one] = await costs(1, 'claims', ['one result'], 100)
    expect(one?.counts.writtenKinds).not.toHaveProperty('POOL STATE')
  })
})

describe('re-ranking', () => {
  it.each([10, 1000])('writes at most three items a lane with %i files waiting', async (waiting) => {
    const { itemsALane, items } = await reRank(waiting)
    expect(itemsALane).toBeLessThanOrEqual(aims.itemsALane)
    expect(items).toBe((await reRank(30)).items)
  })
})
