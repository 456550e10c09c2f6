import { describe, expect, it } from 'vitest'
import { openBooks } from '#domain/schedule/books'
import { keepRow, policyRows } from '#domain/schedule/rows'

const ami = 'ami-0123456789abcdef0'
const everybody = { payerId: '*', fileType: 'claims', image: ami }
const mixed = { payerId: 'acme', fileType: 'claims', instanceTypes: ['m7i.large', 'm7g.large'] }
const before = { payerId: 'acme', fileType: 'claims', instanceTypes: ['m7i.large'] }

/** What a decision returns over these rows, with `before` as the last good one of acme/claims. */
const over = (deciding: Generator<unknown, unknown>, rows: Record<string, object[]>): unknown => {
  const ask = deciding as Generator<{ ask: string; payerId: string; keys: object[] }, unknown, unknown>
  let step = ask.next()
  while (!step.done) {
    const { ask: what, payerId, keys } = step.value
    const stored = (key: object) =>
      JSON.stringify(key).includes('PAYER#acme') ? { ...key, value: before } : { ...key, value: everybody }
    step = ask.next(what === 'policy-rows' ? (rows[payerId] ?? []) : keys.map(stored))
  }
  return step.value
}

describe('rows that are wrong only together', () => {
  it('an image and types that cannot boot it: the last good rows stay in force', () => {
    const rows = { '*': [everybody], acme: [mixed] }
    expect(over(policyRows(openBooks(0, 0), 'acme'), rows)).toEqual([everybody, before])
    expect(over(policyRows(openBooks(0, 0), 'acme'), { acme: [mixed] })).toEqual([mixed])
  })

  it('and the editor is told', () => {
    const rows = { '*': [everybody], acme: [mixed] }
    expect(over(keepRow(openBooks(0, 0), 'acme', 'claims'), rows)).toMatch(/^not in force, .*one architecture/)
    expect(over(keepRow(openBooks(0, 0), 'acme', 'claims'), { acme: [mixed] })).toBe('in force')
  })
})
