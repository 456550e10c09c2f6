import { describe, expect, it } from 'vitest'
import { effectivePolicy } from '#cli/rows/effective-policy'
import { stage } from '#test/functions/stage'

const acme = async (rows: Record<string, unknown>[], payer = 'acme', type = 'claims') => {
  const world = stage(2, rows)
  return { world, found: await effectivePolicy(world.deps, payer, type) }
}

describe('the effective policy', () => {
  it.each([
    { field: 'priority', value: 300, from: 'acme/claims' },
    { field: 'pool', value: 'p', from: 'acme/*' },
    { field: 'set', value: '837', from: 'default for claims' },
  ])('$field comes from $from', async (expected) => {
    const row = { fileType: '*', pool: 'p', graceSeconds: 0, priority: 200 }
    const { found } = await acme([row, { fileType: 'claims', priority: 300 }])
    expect(found.fields.find(({ field }) => field === expected.field)).toEqual(expected)
    expect(found).toMatchObject({ knownPayer: true, knownType: true, notInForce: [] })
  })

  it.each([
    { payer: 'nobody', type: 'claims', knownPayer: false, knownType: true },
    { payer: 'acme', type: 'pharmacy', knownPayer: true, knownType: false },
  ])('of $payer/$type', async ({ payer, type, knownPayer, knownType }) => {
    const { found } = await acme([], payer, type)
    expect(found).toMatchObject({ knownPayer, knownType })
  })
})

describe('a row that is not in force', () => {
  it('says why, and that nothing speaks in its place when it never was', async () => {
    const { found } = await acme([{ fileType: 'claims', priority: -1 }])
    expect(found.notInForce).toEqual([
      {
        row: 'acme/claims',
        problem: expect.stringMatching(/^priority: .*>=0; it says nothing, for no earlier one was good$/),
      },
    ])
  })

  it('the last good one speaks in its place', async () => {
    const { world } = await acme([{ fileType: 'claims', priority: 7 }])
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: 'claims' }])
    world.state.policies.rows.get('acme')?.set('claims', { payerId: 'acme', fileType: 'claims', priority: -1 })
    const found = await effectivePolicy(world.deps, 'acme', 'claims')
    expect(found.fields[0]).toEqual({ field: 'priority', value: 7, from: 'acme/claims' })
    expect(found.notInForce[0]?.problem).toMatch(/the last good one is in force$/)
  })

  it('because it makes types wait for each other', async () => {
    const { found } = await acme([{ fileType: 'member', after: [{ type: 'claims' }] }])
    expect(found.notInForce.map(({ row, problem }) => `${row} ${problem}`)).toContainEqual(
      expect.stringMatching(/^acme\/member with the other rows it makes file types wait for each other/),
    )
  })

  it('what Mayfly wrote on a row makes no difference', async () => {
    const { world } = await acme([])
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: '*' }])
    await world.deps.tables.setRowStatus('acme', '*', 'in force')
    // From here on the last good rows speak, which were kept before.
    const row = { payerId: 'acme', fileType: 'member', after: [{ type: 'claims' }] }
    world.state.policies.rows.get('acme')?.set('member', row)
    const { notInForce } = await effectivePolicy(world.deps, 'acme', 'claims')
    expect(notInForce.map((each) => each.row)).toEqual(['acme/member'])
  })
})
