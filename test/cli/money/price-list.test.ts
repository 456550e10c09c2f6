import { describe, expect, it } from 'vitest'
import { readPriceList } from '#cli/money/price-list'
import { refreshedPrices } from '#cli/money/refreshed-prices'
import { prices } from '#config/prices'
import { PriceTable } from '#domain/prices'

const columns = [
  ...['SKU', 'TermType', 'PriceDescription', 'Unit', 'PricePerUnit', 'Currency', 'Instance Type'],
  ...['Operating System', 'Tenancy', 'CapacityStatus', 'Pre Installed S/W'],
]
const row = (given: Record<string, string> = {}) => {
  const fields: Record<string, string> = {
    ...{ SKU: 'X', TermType: 'OnDemand', PriceDescription: 'a "plain", Linux instance', Unit: 'Hrs', Currency: 'USD' },
    ...{ PricePerUnit: '0.0208000000', 'Instance Type': 't3.small', 'Operating System': 'Linux', Tenancy: 'Shared' },
    ...{ CapacityStatus: 'Used', 'Pre Installed S/W': 'NA', ...given },
  }
  return columns.map((name) => `"${(fields[name] ?? '').replaceAll('"', '""')}"`).join(',')
}
const head = [
  '"FormatVersion","v1.0"',
  '"Disclaimer","…"',
  '"Publication Date","2026-11-20T19:28:33Z"',
  '"Version","1"',
]
async function* file(...rows: string[]) {
  yield* [...head, '"OfferCode","AmazonEC2"', columns.map((name) => `"${name}"`).join(','), ...rows]
}

describe('the AWS Price List', () => {
  it('says what a plain Linux instance costs an hour, and of which day it is', async () => {
    const others = [
      row({ 'Operating System': 'Windows', PricePerUnit: '0.04' }),
      row({ Tenancy: 'Dedicated', PricePerUnit: '0.05' }),
      row({ 'Pre Installed S/W': 'SQL Std', PricePerUnit: '0.5' }),
      row({ CapacityStatus: 'UnusedCapacityReservation', PricePerUnit: '0.06' }),
      row({ TermType: 'Reserved', PricePerUnit: '0.01' }),
      row({ PricePerUnit: '0.0000000000' }),
      row({ 'Instance Type': 't3.large', PricePerUnit: '0.08' }),
    ]
    const found = await readPriceList(file(...others, row(), row()), ['t3.small'])
    expect(found).toEqual({ asOf: '2026-11-20', onDemand: { 't3.small': 0.0208 } })
  })

  it.each([
    ['lacks a type', file(row()), /no price for m7i.large/],
    ['has two prices for one', file(row(), row({ PricePerUnit: '0.03' })), /two prices for t3.small: 0.0208 and 0.03/],
  ])('is refused when it %s', async (_, lines, says) => {
    await expect(readPriceList(lines, ['t3.small', 'm7i.large'])).rejects.toThrow(says)
  })

  it('is refused when it lacks a column', async () => {
    async function* other() {
      yield '"SKU","TermType"'
    }
    await expect(readPriceList(other(), [])).rejects.toThrow(/no column Unit, Currency, .*its format has changed/)
  })
})

describe('the refreshed table', () => {
  const list = { asOf: '2026-11-20', onDemand: { 't3.small': 0.03 } }
  it('has the new prices with their date and source; spot is an estimate unless it was asked', () => {
    const table = refreshedPrices(prices, list, 'https://x', undefined)
    expect(PriceTable.parse(table)).toMatchObject({ asOf: '2026-11-20', services: prices.services })
    expect(table.sources.onDemand).toContain('https://x')
    expect(table.instances['t3.small']).toEqual({ onDemand: 0.03, spot: 0.0132 })
    expect(table.unverified).toContain('spot')
  })

  it('has spot prices that EC2 told', () => {
    const table = refreshedPrices(prices, list, 'https://x', { 't3.small': 0.01234 })
    expect(table.instances['t3.small']).toEqual({ onDemand: 0.03, spot: 0.0123 })
    expect(table.unverified).not.toContain('spot')
  })
})
