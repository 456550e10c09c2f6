import { describe, expect, it } from 'vitest'
import { mergePolicy } from '#domain/policy/merge'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'
import { readConfigRows } from '#local/load-config'

const { payers, pools } = await readConfigRows()
const rows = payers.map((row) => PolicyRow.parse(row))

describe('the rows of config/', () => {
  it.each(payers)('payer row $payerId/$fileType parses', (row) => {
    expect(PolicyRow.safeParse(row).error).toBeUndefined()
  })

  it.each(pools)('pool $pool parses', (row) => {
    expect(PoolRow.safeParse(row).error).toBeUndefined()
  })

  it('name each (payer, type) once', () => {
    const keys = rows.map(({ payerId, fileType }) => `${payerId}/${fileType}`)
    expect(keys).toEqual([...new Set(keys)])
  })

  it('name only pools that there are', () => {
    const named = rows.flatMap(({ pool }) => pool ?? [])
    expect(pools.map(({ pool }) => pool)).toEqual(expect.arrayContaining(named))
  })

  it.each([
    { payerId: 'sunrise-health', priority: 200, instanceType: 'm7i.xlarge' },
    { payerId: 'bluebird-mutual', priority: 100, instanceType: 't3.small' },
    { payerId: 'harbor-care', priority: 300, instanceType: 't3.small' },
    { payerId: 'tidewater-plan', priority: 50, instanceType: 't3.small' },
  ])('$payerId: priority $priority on $instanceType, claims after members', ({ payerId, priority, instanceType }) => {
    const policy = mergePolicy(rows, payerId, 'claims')
    expect(policy).toMatchObject({ priority, graceSeconds: 0, after: [{ type: 'member', atLeast: 1 }] })
    expect(policy.instanceTypes[0]).toBe(instanceType)
  })
})
