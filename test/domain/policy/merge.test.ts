import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '#domain/policy/defaults'
import { isKnownPayer, isKnownType, mergePolicy, rowsFor } from '#domain/policy/merge'
import { Policy, type PolicyRow } from '#domain/policy/policy'

const rows: PolicyRow[] = [
  { payerId: '*', fileType: '*', priority: 1, pool: 'everybody', diskGiB: 30 },
  { payerId: '*', fileType: 'claims', priority: 2, maxRunMinutes: 90 },
  { payerId: 'acme', fileType: '*', priority: 3, graceSeconds: 5 },
  { payerId: 'acme', fileType: 'claims', priority: 4 },
  { payerId: 'other', fileType: 'claims', priority: 9, diskGiB: 99, attempts: 9 },
]
/** Every order of a list. */
const permutations = <T>(list: readonly T[]): T[][] =>
  list.length === 0
    ? [[]]
    : list.flatMap((first, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [first, ...rest]))

describe('mergePolicy', () => {
  it.each([
    { given: 'payer and type', drop: 0, priority: 4 },
    { given: 'payer', drop: 1, priority: 3 },
    { given: 'type', drop: 2, priority: 2 },
    { given: 'everybody', drop: 3, priority: 1 },
    { given: 'nothing but the default', drop: 4, priority: 100 },
  ])('the most specific row wins: $given', ({ drop, priority }) => {
    const own = rows.slice(0, 4)
    expect(mergePolicy(own.slice(0, own.length - drop), 'acme', 'claims').priority).toBe(priority)
  })

  it('field by field: each from the most specific row that has it, else from the default of the type', () => {
    expect(mergePolicy(rows, 'acme', 'claims')).toEqual({
      ...defaultPolicy['claims'],
      ...{ priority: 4, graceSeconds: 5, maxRunMinutes: 90, pool: 'everybody', diskGiB: 30 },
    })
  })

  it('the order of rows does not matter', () => {
    const merged = permutations(rows).map((order) => JSON.stringify(mergePolicy(order, 'acme', 'claims')))
    expect(merged).toHaveLength(120)
    expect(new Set(merged).size).toBe(1)
  })

  it('merging what was merged changes nothing', () => {
    const once = mergePolicy(rows, 'acme', 'claims')
    expect(mergePolicy([{ payerId: 'acme', fileType: 'claims', ...once }], 'acme', 'claims')).toEqual(once)
  })

  it('remarks and keys of a row are no part of the policy', () => {
    const row: PolicyRow = { payerId: 'acme', fileType: 'claims', note: 'by hand', mayflyStatus: 'in force' }
    const optional = ['dailyBudgetUsd', 'image', 'rootDevice']
    const fields = Object.keys(Policy.shape).filter((field) => !optional.includes(field))
    expect(Object.keys(mergePolicy([row], 'acme', 'claims')).sort()).toEqual(fields.sort())
  })

  it('rows of others do not speak', () => {
    expect(rowsFor(rows, 'acme', 'member').map(({ priority }) => priority)).toEqual([1, 3])
  })
})

describe('the defaults are safe with empty tables', () => {
  it.each(Object.keys(defaultPolicy))('%s is a whole policy', (type) => {
    expect(Policy.parse(defaultPolicy[type])).toEqual(defaultPolicy[type])
  })
  it('claims wait for a member file, members go one at a time, others wait for nobody', () => {
    expect(mergePolicy([], 'acme', 'claims').after).toEqual([{ type: 'member', atLeast: 1 }])
    expect(mergePolicy([], 'acme', 'member')).toMatchObject({ ordered: true, haltOnFailure: true, after: [] })
    expect(mergePolicy([], 'acme', 'provider')).toEqual(defaultPolicy['*'])
    expect(mergePolicy([], 'acme', 'constructor')).toEqual(defaultPolicy['*'])
  })
})

describe('who is known', () => {
  it.each<[string, PolicyRow[], boolean]>([
    ['no row', [], false],
    ['a row of everybody: `*` makes nobody known', [{ payerId: '*', fileType: '*' }], false],
    ['a row of everybody for the type', [{ payerId: '*', fileType: 'claims' }], false],
    ['a row of another payer', [{ payerId: 'acm', fileType: '*' }], false],
    ['a row of the payer', [{ payerId: 'acme', fileType: '*' }], true],
    ['a row of the payer for another type', [{ payerId: 'acme', fileType: 'provider' }], true],
  ])('payer acme, %s: %j → %s', (_, rows, known) => {
    expect(isKnownPayer(rows, 'acme')).toBe(known)
  })

  it.each<[string, PolicyRow[], boolean]>([
    ['member', [], true],
    ['claims', [], true],
    ['*', [], false],
    ['constructor', [], false],
    ['provider', [], false],
    ['provider', [{ payerId: 'acme', fileType: '*' }], false],
    ['provider', [{ payerId: 'other', fileType: 'provider' }], false],
    ['provider', [{ payerId: '*', fileType: 'provider' }], true],
    ['provider', [{ payerId: 'acme', fileType: 'provider' }], true],
  ])('type %s with rows %j: %s', (type, rows, known) => {
    expect(isKnownType(rows, 'acme', type)).toBe(known)
  })
})
