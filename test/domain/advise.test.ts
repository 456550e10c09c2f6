import { describe, expect, it } from 'vitest'
import { prices } from '#config/prices'
import { adviseOn, type Run } from '#domain/advise'

const MIB = 2 ** 20
const aRun = (given: Partial<Run> = {}): Run => ({
  ...{ payerId: 'acme', fileType: 'claims', endedAt: '2026-11-22T10:00:00.000Z', instanceType: 'm7i.large' },
  ...{ market: 'on-demand', peakMemoryBytes: 100 * MIB, cpuSeconds: 10, usefulSeconds: 100, billedSeconds: 120 },
  ...given,
})
const advice = (...runs: Partial<Run>[]) => adviseOn(runs.map(aRun), prices)[0]

describe('advise', () => {
  it.each<[string, Partial<Run>, string, string]>([
    ['far too large', {}, 'smaller', 't3.small'],
    ['memory that a t3.small has, margin and system included', { peakMemoryBytes: 1238 * MIB }, 'smaller', 't3.small'],
    ['a little more', { peakMemoryBytes: 1239 * MIB }, 'smaller', 't3.medium'],
    ['CPU above a T3’s baseline', { cpuSeconds: 40 }, 'keep', 'm7i.large'],
    ['busy, but cheaper is nothing', { cpuSeconds: 190 }, 'keep', 'm7i.large'],
    ['memory without a margin', { peakMemoryBytes: 7 * 1024 * MIB }, 'larger', 'm7i.xlarge'],
    [
      'a T3 above its baseline is kept: dearer is not better',
      { instanceType: 't3.small', cpuSeconds: 90 },
      'keep',
      't3.small',
    ],
    [
      'too tight, and the cheapest that holds',
      { instanceType: 't3.small', peakMemoryBytes: 1900 * MIB },
      'larger',
      't3.medium',
    ],
    [
      'another architecture is no advice',
      { instanceType: 'm7g.large', peakMemoryBytes: 10 * MIB },
      'keep',
      'm7g.large',
    ],
    ['nothing is large enough', { peakMemoryBytes: 60 * 1024 * MIB }, 'none-holds', 'm7i.large'],
  ])('%s', (_, run, verdict, instead) => expect(advice(run)).toMatchObject({ advice: verdict, instead }))

  it('rests on the largest peaks of all runs, and says on how many', () => {
    const found = advice({}, { peakMemoryBytes: 1500 * MIB }, { cpuSeconds: 20, usefulSeconds: 100 })
    expect(found).toMatchObject({ runs: 3, peakMemoryBytes: 1500 * MIB, cores: 0.2, instead: 't3.medium', few: true })
    expect(advice({}, {}, {}, {}, {})?.few).toBe(false)
  })

  it('the saving is that of these runs, at the price of their markets', () => {
    const found = advice({ billedSeconds: 3600 }, { billedSeconds: 1800 })
    expect(found?.savedUsd).toBeCloseTo(1.5 * (0.1008 - 0.0208), 8)
    expect(found?.savedShare).toBe(0.794)
    expect(advice({ market: 'spot', billedSeconds: 3600 })?.savedUsd).toBeCloseTo(0.0444 - 0.0092, 8)
    expect(advice({ instanceType: 't3.small', peakMemoryBytes: 1900 * MIB, billedSeconds: 3600 })?.savedUsd).toBe(
      -0.0208,
    )
  })

  it('what is used now is what the last run used', () => {
    const early = { instanceType: 'r7i.2xlarge', endedAt: '2026-11-21T00:00:00.000Z' }
    expect(advice({}, early)?.instanceType).toBe('m7i.large')
  })

  it('is given for each payer and type apart, in order', () => {
    const found = adviseOn([aRun({ payerId: 'b' }), aRun({ fileType: 'member' }), aRun(), aRun()], prices)
    expect(found.map(({ payerId, fileType, runs }) => `${payerId} ${fileType} ${runs}`)).toEqual([
      ...['acme claims 2', 'acme member 1', 'b claims 1'],
    ])
    expect(adviseOn([], prices)).toEqual([])
  })
})
