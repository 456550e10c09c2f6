import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '#domain/policy/defaults'
import { gateCycle } from '#domain/policy/gate-cycle'
import { afterOf, isKnownPayer, isKnownType, mergePolicy } from '#domain/policy/merge'
import { Policy, PolicyRow } from '#domain/policy/policy'
import { provenanceOf } from '#domain/policy/provenance'
import { holds } from '#test/properties/holds'
import { gateTable, payer, policyTable, type, types } from '#test/properties/policy-rows'

const field = fc.constantFrom(...Policy.keyof().options)

/** Design §4 word by word: the first of payer/type, payer/*, *\/type, *\/* that has the field, else the type's default. */
const slowly = (rows: readonly PolicyRow[], payerId: string, fileType: string, name: keyof Policy) => {
  for (const [payer, type] of [
    [payerId, fileType],
    [payerId, '*'],
    ['*', fileType],
    ['*', '*'],
  ]) {
    const row = rows.find((each) => each.payerId === payer && each.fileType === type)
    if (row?.[name] !== undefined) return { value: row[name], from: `${payer}/${type}` }
  }
  const own = Object.entries(defaultPolicy).find(([of]) => of === fileType)?.[1]
  return { value: (own ?? defaultPolicy['*'])?.[name], from: own ? `default for ${fileType}` : 'default' }
}

describe('the merge of rows', () => {
  it('takes each field from the most specific row that has it', () =>
    holds([policyTable, payer, type, field], (rows, payerId, fileType, name) => {
      expect(mergePolicy(rows, payerId, fileType)[name]).toEqual(slowly(rows, payerId, fileType, name).value)
    }))

  it('says of each field which row it took it from', () =>
    holds([policyTable, payer, type, field], (rows, payerId, fileType, name) => {
      const found = provenanceOf(rows, payerId, fileType).find((each) => each.field === name)
      expect(found).toEqual({ field: name, ...slowly(rows, payerId, fileType, name) })
    }))

  it('does not look at the order of rows', () =>
    holds(
      [
        policyTable.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))),
        payer,
        type,
      ],
      ([rows, shuffled], payerId, fileType) => {
        expect(mergePolicy(shuffled, payerId, fileType)).toEqual(mergePolicy(rows, payerId, fileType))
      },
    ))

  it('merged again is what it was', () =>
    holds([policyTable, payer, type], (rows, payerId, fileType) => {
      const once = mergePolicy(rows, payerId, fileType)
      expect(mergePolicy([{ payerId, fileType, ...once }], payerId, fileType)).toEqual(once)
      const others = rows.filter((row) => row.payerId !== payerId || row.fileType !== fileType)
      expect(mergePolicy([...others, { payerId, fileType, ...once }], payerId, fileType)).toEqual(once)
    }))

  it('does not hear rows of others', () =>
    holds([policyTable, payer, type], (rows, payerId, fileType) => {
      const own = rows.filter((row) => ['*', payerId].includes(row.payerId) && ['*', fileType].includes(row.fileType))
      expect(mergePolicy(rows, payerId, fileType)).toEqual(mergePolicy(own, payerId, fileType))
    }))

  it('of rows that parse is a policy that parses', () =>
    holds([policyTable, payer, type], (rows, payerId, fileType) => {
      for (const row of rows) expect(PolicyRow.parse(row)).toEqual(row)
      const merged = mergePolicy(rows, payerId, fileType)
      expect(Policy.parse(merged)).toEqual(merged)
    }))

  it('says what a type comes after without the rest of its policy', () =>
    holds([policyTable, payer, type], (rows, payerId, fileType) => {
      expect(afterOf(rows, payerId, fileType)).toEqual(mergePolicy(rows, payerId, fileType).after)
    }))

  it('knows a payer and a type by its rows alone', () =>
    holds([policyTable, payer, type], (rows, payerId, fileType) => {
      const naming = rows.filter((row) => row.fileType === fileType && ['*', payerId].includes(row.payerId))
      expect(isKnownPayer(rows, payerId)).toBe(rows.filter((row) => row.payerId === payerId).length > 0)
      expect(isKnownType(rows, payerId, fileType)).toBe(['member', 'claims'].includes(fileType) || naming.length > 0)
    }))
})

/** Who must go before whom, closed under "before": Warshall's way, which knows nothing of paths. */
const closure = (rows: readonly PolicyRow[], payerId: string): Set<string> => {
  const edges = new Set(
    types.flatMap((from) => mergePolicy(rows, payerId, from).after.map(({ type: to }) => `${from} ${to}`)),
  )
  for (const via of types)
    for (const from of types)
      for (const to of types) if (edges.has(`${from} ${via}`) && edges.has(`${via} ${to}`)) edges.add(`${from} ${to}`)
  return edges
}

describe('gateCycle', () => {
  it('finds types that wait for each other if and only if there are any', () => {
    let found = 0
    holds([gateTable, payer], (rows, payerId) => {
      const closed = closure(rows, payerId)
      const cyclic = types.some((each) => closed.has(`${each} ${each}`))
      expect(gateCycle(rows, payerId) !== undefined).toBe(cyclic)
      found += cyclic ? 1 : 0
    })
    // Worth something only if both happen.
    expect(found).toBeGreaterThan(30)
    expect(found).toBeLessThan(270)
  })

  it('names a path, each type waiting for the next, first and last the same, none else twice', () =>
    holds([gateTable, payer], (rows, payerId) => {
      const path = gateCycle(rows, payerId)
      if (!path) return
      expect(path.length).toBeGreaterThan(1)
      expect(path.at(-1)).toBe(path[0])
      expect(new Set(path).size).toBe(path.length - 1)
      for (const [i, each] of path.slice(0, -1).entries())
        expect(mergePolicy(rows, payerId, each).after.map((requirement) => requirement.type)).toContain(path[i + 1])
    }))
})
