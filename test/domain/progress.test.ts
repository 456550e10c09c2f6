import { describe, expect, it } from 'vitest'
import { ProgressReport, progressSeconds, progressWith, troubleOf } from '#domain/progress'

const T0 = Date.parse('2026-11-22T10:00:00Z')
const MINUTE = 60_000
const from = { round: 1, attempt: 1, instanceId: 'i-1' }
const report = (minutes: number, change: Partial<ProgressReport> = {}): ProgressReport =>
  ProgressReport.parse({
    at: new Date(T0 + minutes * MINUTE).toISOString(),
    phase: 'run',
    percent: null,
    bytesRead: 1000,
    cpuSeconds: 10,
    memoryBytes: 1,
    ...change,
  })
const first = progressWith(undefined, report(0), from, T0)
const after = (minutes: number, change: Partial<ProgressReport> = {}) =>
  progressWith(first, report(minutes, change), from, T0 + minutes * MINUTE)

describe('progress', () => {
  it.each([
    { what: 'bytes were read', change: { bytesRead: 1001 }, moves: true },
    { what: 'the processor says more', change: { percent: 5 }, moves: true },
    { what: 'a second of CPU was used', change: { cpuSeconds: 11 }, moves: true },
    { what: 'another phase began', change: { phase: 'upload' as const }, moves: true },
    { what: 'what only waits was used', change: { cpuSeconds: 10.99 }, moves: false },
    { what: 'memory and load changed', change: { memoryBytes: 9, load: 3 }, moves: false },
    { what: 'nothing changed', change: {}, moves: false },
  ])('moves when $what: $moves', ({ change, moves }) => {
    expect(after(2, change)).toMatchObject({
      spokeAt: T0 + 2 * MINUTE,
      movedAt: moves ? T0 + 2 * MINUTE : T0,
    })
  })

  it('small steps of CPU add up', () => {
    const steps = [10.4, 10.8, 11.2].map((cpuSeconds, n) => report(2 * (n + 1), { cpuSeconds }))
    const kept = steps.reduce((before, step) => progressWith(before, step, from, T0 + 60 * MINUTE) ?? before, first)
    expect(kept).toMatchObject({ movedAt: T0 + 6 * MINUTE, cpuSeconds: 11.2 })
  })

  it.each([
    { what: 'an older report that comes late', it: report(-2, { percent: 1 }) },
    { what: 'the same once more', it: report(0) },
  ])('$what is no news', ({ it: late }) => {
    expect(progressWith(first, late, from, T0 + MINUTE)).toBeUndefined()
  })

  it('another machine of the job begins anew; a clock that is ahead does not help it', () => {
    const other = { ...from, attempt: 2, instanceId: 'i-2' }
    expect(progressWith(first, report(30), other, T0 + MINUTE)).toMatchObject({
      ...other,
      spokeAt: T0 + MINUTE,
      movedAt: T0 + MINUTE,
    })
    expect(progressWith(undefined, { ...report(0), at: '' }, from, T0)).toMatchObject({ spokeAt: T0 })
  })

  it.each([
    { what: 'moved a moment ago', spoke: 0, moved: 0, phase: 'run' as const, trouble: undefined },
    { what: 'does nothing more', spoke: 1, moved: 6, phase: 'run' as const, trouble: 'hung' },
    { what: 'does nothing yet', spoke: 1, moved: 5.99, phase: 'run' as const, trouble: undefined },
    { what: 'fetches for a long time', spoke: 1, moved: 60, phase: 'fetch' as const, trouble: undefined },
    { what: 'uploads for a long time', spoke: 1, moved: 60, phase: 'upload' as const, trouble: undefined },
    { what: 'says nothing more', spoke: 6, moved: 6, phase: 'run' as const, trouble: 'silent' },
    { what: 'says nothing more while it fetches', spoke: 6, moved: 6, phase: 'fetch' as const, trouble: 'silent' },
  ])('a machine that $what: $trouble', ({ spoke, moved, phase, trouble }) => {
    const now = T0 + 100 * MINUTE
    const kept = { ...report(0), ...from, phase, spokeAt: now - spoke * MINUTE, movedAt: now - moved * MINUTE }
    expect(troubleOf(kept, 6, now)).toBe(trouble)
  })

  it('a hang of the default six minutes is noticed within ten: reports, and a look every minute, come on top', () => {
    expect(6 + progressSeconds(6) / 60 + 1).toBeLessThanOrEqual(10)
    expect([1, 4, 8, 60].map(progressSeconds)).toEqual([15, 60, 120, 120])
  })
})
