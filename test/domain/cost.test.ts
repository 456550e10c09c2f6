import { describe, expect, it } from 'vitest'
import { billedSeconds, burstEfficiency, costOf, dayOf, nextDay, roundedUsd } from '#domain/cost'

describe('what a machine costs', () => {
  it.each([
    [0, 0, 60],
    [0, 59_000, 60],
    [0, 60_000, 60],
    [0, 60_001, 61],
    [1_000, 181_000, 180],
    [5_000, 0, 60],
  ])('from %i to %i ms it is billed %i s', (from, until, seconds) => expect(billedSeconds(from, until)).toBe(seconds))

  it('is its seconds at an hourly price', () => {
    expect(costOf(3600, 0.0208)).toBe(0.0208)
    expect(costOf(60, 0.0047)).toBe(0.00007833)
    expect(roundedUsd(0.1 + 0.2)).toBe(0.3)
  })

  it.each([
    [30, 60, 0.5],
    [60, 60, 1],
    [0, 60, 0],
    [0, 0, 0],
    [70, 60, 1],
  ])('%i useful of %i billed seconds are %d', (usefulSeconds, billed, share) =>
    expect(burstEfficiency({ usefulSeconds, billedSeconds: billed })).toBe(share),
  )
})

it.each([
  ['2026-11-22T00:00:00.000Z', '2026-11-22', '2026-11-23'],
  ['2026-11-22T23:59:59.999Z', '2026-11-22', '2026-11-23'],
  ['2026-12-31T12:00:00.000Z', '2026-12-31', '2027-01-01'],
])('%s is in the day %s, and the next begins at %sT00:00Z', (now, day, next) => {
  expect(dayOf(Date.parse(now))).toBe(day)
  expect(nextDay(Date.parse(now))).toBe(Date.parse(`${next}T00:00:00.000Z`))
})
