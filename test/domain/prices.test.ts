import { describe, expect, it } from 'vitest'
import { prices } from '#config/prices'
import { instanceTypes } from '#domain/policy/instance-types'
import { hourlyPrice, PriceTable, unitPrice } from '#domain/prices'

describe('the price table', () => {
  it('has every instance type that a row may name, and no other', () => {
    expect(Object.keys(prices.instances).sort()).toEqual(Object.keys(instanceTypes).sort())
  })

  it.each(Object.entries(prices.instances))('%s costs something, and less on the spot market', (_, each) => {
    expect(each.spot).toBeGreaterThan(0)
    expect(each.spot).toBeLessThan(each.onDemand)
  })

  it('says of which prices nobody has read the source, and those are in it', () => {
    for (const name of prices.unverified) if (name !== 'spot') expect(() => unitPrice(prices, name), name).not.toThrow()
  })
})

it('a price is the market’s, and unknown types have none', () => {
  const table = { instances: { small: { onDemand: 2, spot: 1 } } }
  expect(hourlyPrice(table, 'small', 'on-demand')).toBe(2)
  expect(hourlyPrice(table, 'small', 'spot')).toBe(1)
  expect(hourlyPrice(table, 'toString', 'spot')).toBeUndefined()
  expect(hourlyPrice(table, 'large', 'on-demand')).toBeUndefined()
})

it('a unit’s price is that of so many divided by their number; one that is not there is an error', () => {
  const gib = { usd: 0.1, per: 1 }
  const table = { services: { requests: { usd: 0.2, per: 1_000_000 }, gibibytes: gib } }
  expect(unitPrice(table, 'requests')).toBeCloseTo(0.0000002, 12)
  expect(() => unitPrice(table, 'constructor')).toThrow('no price for "constructor"; known: gibibytes, requests')
})

it.each([
  ['a negative price', { instances: { x: { onDemand: -1, spot: 1 } } }],
  ['no date', { asOf: 'lately' }],
  ['an attribute that nobody knows', { discount: 0.5 }],
])('a table with %s is refused', (_, change) =>
  expect(PriceTable.safeParse({ ...prices, ...change }).success).toBe(false),
)
