import { describe, expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import { policyOf } from '#functions/policy-of'
import { stage } from '#test/functions/stage'

const good = { payerId: 'acme', fileType: 'member', attempts: 7 }
const heard = { kind: 'row-edited', payerId: 'acme', fileType: 'member' }

describe('the policy that validate and launch work by', () => {
  it.each([
    { edit: 'none', row: good, attempts: 7 },
    { edit: 'a valid one', row: { ...good, attempts: 2 }, attempts: 2 },
    { edit: 'one that does not parse', row: { ...good, attempts: 'two' }, attempts: 7 },
    { edit: 'one with a misspelt field', row: { ...good, attemps: 2 }, attempts: 7 },
  ])('after $edit: $attempts attempts', async ({ row, attempts }) => {
    const world = stage(2, [good])
    await world.say([heard])
    putRow(world.state.policies, row)
    expect((await policyOf(world.deps, 'acme', 'member')).attempts).toBe(attempts)
  })
})
