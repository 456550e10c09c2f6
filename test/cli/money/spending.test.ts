import { expect, it } from 'vitest'
import { recordedRuns } from '#cli/money/recorded-runs'
import { spendingOf } from '#cli/money/spending'
import { aJobRow, at } from '#test/cli/a-job-row'

const cost = { costUsd: 0.001, billedSeconds: 100, usefulSeconds: 50 }

it('adds up what jobs cost by payer and day, the newest day first', () => {
  const tomorrow = new Date(Date.parse(at(0)) + 86_400_000).toISOString()
  const found = spendingOf([
    aJobRow({ endedAt: at(10), ...cost }),
    aJobRow({ endedAt: at(20), ...cost, usefulSeconds: 100 }),
    aJobRow({ endedAt: at(10), ...cost, payerId: 'harbor' }),
    aJobRow({ endedAt: tomorrow, ...cost }),
    aJobRow({ endedAt: at(5), status: 'rejected' }),
    aJobRow({ ...cost, status: 'starting' }),
  ])
  expect(found).toEqual([
    { day: '2026-01-06', payerId: 'sunrise', jobs: 1, ...cost, burstEfficiency: 0.5 },
    { day: '2026-01-05', payerId: 'harbor', jobs: 1, ...cost, burstEfficiency: 0.5 },
    {
      ...{ day: '2026-01-05', payerId: 'sunrise', jobs: 2, costUsd: 0.002 },
      ...{ billedSeconds: 200, usefulSeconds: 150, burstEfficiency: 0.75 },
    },
  ])
})

it('advice rests on jobs that succeeded and told what they took', () => {
  const told = { ...cost, instanceType: 't3.small', market: 'spot', peakMemoryBytes: 1, cpuSeconds: 2 } as const
  const run = aJobRow({ endedAt: at(1), ...told })
  const { peakMemoryBytes: _peak, ...silent } = run
  expect(recordedRuns([run, silent, { ...run, status: 'failed' }, aJobRow({ endedAt: at(1) })])).toEqual([
    {
      ...{ payerId: 'sunrise', fileType: 'member', endedAt: at(1), instanceType: 't3.small', market: 'spot' },
      ...{ peakMemoryBytes: 1, cpuSeconds: 2, usefulSeconds: 50, billedSeconds: 100 },
    },
  ])
})
