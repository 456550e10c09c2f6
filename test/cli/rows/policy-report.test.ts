import { describe, expect, it } from 'vitest'
import { effectivePolicy } from '#cli/rows/effective-policy'
import { policyReport } from '#cli/rows/policy-report'
import { Policy } from '#domain/policy/policy'
import { stage } from '#test/functions/stage'

const shown = { width: 80, height: 24, colour: false, interactive: true }

const report = async (rows: Record<string, unknown>[], payer = 'acme', type = 'claims') => {
  const world = stage(2, rows)
  return policyReport(await effectivePolicy(world.deps, payer, type), shown).split('\n')
}

describe('what mayfly policy writes', () => {
  it('has a line for every field, those that nobody has set included', async () => {
    const lines = await report([{ fileType: '*', graceSeconds: 0 }])
    expect(lines.slice(1, -1).map((line) => line.split(' ')[0])).toEqual(Object.keys(Policy.shape))
  })

  it.each([
    { field: 'graceSeconds', says: /^graceSeconds +0 +acme\/\*$/ },
    { field: 'pool', says: /^pool +default +default for claims$/ },
    { field: 'image', says: /^image +– +default for claims$/ },
    { field: 'rootDevice', says: /^rootDevice +– +default for claims$/ },
    { field: 'dailyBudgetUsd', says: /^dailyBudgetUsd +– +default for claims$/ },
  ])('shows $field', async ({ field, says }) => {
    const lines = await report([{ fileType: '*', graceSeconds: 0 }])
    expect(lines.find((line) => line.startsWith(`${field} `))).toMatch(says)
  })

  it('says whose files are held', async () => {
    expect(await report([], 'nobody', 'pharmacy')).toEqual(
      expect.arrayContaining([
        'No row names payer nobody: its files are held (unknown-payer) until one does.',
        'No row names type pharmacy: its files are held (unknown-type) until one does.',
      ]),
    )
  })
})
