import { describe, expect, it } from 'vitest'
import { mergePolicy } from '#domain/policy/merge'
import { rulesFor } from '#domain/policy/rules-for'
import { ValidationRules } from '#domain/policy/validation-rules'

describe('the rules of a file', () => {
  it.each([
    { type: 'member', rows: [], last: undefined },
    { type: 'claims', rows: [], last: undefined },
    { type: 'member', rows: [{ payerId: 'acme', fileType: 'member', minMembers: 3, maxDropPercent: 5 }], last: 40 },
  ])('of $type are all that the validator reads, and nothing else of the policy', ({ type, rows, last }) => {
    const policy = mergePolicy(rows, 'acme', type)
    const rules = rulesFor(policy, type, last)
    expect(ValidationRules.parse(rules)).toEqual(rules)
    expect(Object.keys(rules).sort()).toEqual(
      Object.keys(ValidationRules.shape)
        .filter((name) => name !== 'lastFullMembers' || last !== undefined)
        .sort(),
    )
    expect(rules).toMatchObject({ fileType: type, minMembers: policy.minMembers, set: policy.set })
  })
})
