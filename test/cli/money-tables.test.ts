import { describe, expect, it } from 'vitest'
import { adviceTable } from '#cli/money/advice-table'
import { spendingTable } from '#cli/money/spending-table'

const spending = {
  ...{ payerId: 'bluebird-mutual', day: '2026-01-05', jobs: 1200, billedSeconds: 86_400, usefulSeconds: 43_200 },
  ...{ costUsd: 12.345678, burstEfficiency: 0.5 },
}
const advice = {
  ...{ payerId: 'sunrise-health', fileType: 'member', instanceType: 'm7g.2xlarge', runs: 3, few: true },
  ...{ peakMemoryBytes: 900 * 2 ** 20, cores: 1.25, advice: 'smaller' as const, instead: 't4g.small' },
  ...{ savedUsd: 0.5, savedShare: 0.5 },
}

describe('tables of money', () => {
  it.each([
    {
      width: 60,
      lines: [
        'DAY         PAYER            JOBS  EFFICIENCY  COST',
        '2026-01-05  bluebird-mutual  1200  50 %        $12.345678',
        'Too narrow for BILLED, USEFUL (--json has all)',
      ],
    },
    {
      width: 80,
      lines: [
        'DAY         PAYER            JOBS  BILLED   USEFUL   EFFICIENCY  COST',
        '2026-01-05  bluebird-mutual  1200  86400 s  43200 s  50 %        $12.345678',
      ],
    },
  ])('say at $width columns what was spent', ({ width, lines }) => {
    expect(spendingTable([spending], { width, colour: false })).toEqual(lines)
  })

  it.each([
    {
      width: 60,
      lines: [
        'PAYER           TYPE    ADVICE',
        'sunrise-health  member  t4g.small is enough, on few runs',
        'Too narrow for RUNS, USED, PEAK, CORES, SAVED (--json has',
        'all)',
      ],
    },
    {
      width: 80,
      lines: [
        'PAYER           TYPE    ADVICE                            SAVED',
        'sunrise-health  member  t4g.small is enough, on few runs  $0.500000 (50 %)',
        'Too narrow for RUNS, USED, PEAK, CORES (--json has all)',
      ],
    },
  ])('say at $width columns what would be enough', ({ width, lines }) => {
    expect(adviceTable([advice], { width, colour: false })).toEqual(lines)
  })
})
