import { describe, expect, it } from 'vitest'
import { embedded } from '#functions/embedded-metrics'
import type { Measure } from '#functions/metrics'

const NOW = 1_790_000_000_000
const parsed = (measures: readonly Measure[]) => embedded(measures, NOW).map((line) => JSON.parse(line))

describe('embedded metrics', () => {
  it('one line for all that has no dimension, values of a metric together', () => {
    const lines = parsed([
      { metric: 'Arrived', value: 1 },
      { metric: 'WaitedSeconds', value: 3 },
      { metric: 'Arrived', value: 1 },
    ])
    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: NOW,
          CloudWatchMetrics: [
            {
              Namespace: 'Mayfly',
              Dimensions: [[]],
              Metrics: [
                { Name: 'Arrived', Unit: 'Count' },
                { Name: 'WaitedSeconds', Unit: 'Seconds' },
              ],
            },
          ],
        },
        Arrived: [1, 1],
        WaitedSeconds: [3],
      },
    ])
  })

  it('a line for each value of a dimension, and the sum over all beside it', () => {
    const lines = parsed([
      { metric: 'Waiting', value: 2, by: 'paused' },
      { metric: 'Waiting', value: 5, by: 'pool-full' },
      { metric: 'OldestWaitingSeconds', value: 60, by: 'paused' },
    ])
    expect(lines.map(({ Reason, Waiting }) => ({ Reason, Waiting }))).toEqual([
      { Reason: 'paused', Waiting: [2] },
      { Reason: 'pool-full', Waiting: [5] },
    ])
    for (const { _aws } of lines) expect(_aws.CloudWatchMetrics[0].Dimensions).toEqual([[], ['Reason']])
    expect(lines[0].OldestWaitingSeconds).toEqual([60])
  })

  it('CloudWatch takes 100 values of a metric in a line', () => {
    const lines = parsed(Array.from({ length: 250 }, () => ({ metric: 'Arrived' as const, value: 1 })))
    expect(lines.map(({ Arrived }) => Arrived.length)).toEqual([100, 100, 50])
  })

  it('nothing measured, nothing written', () => {
    expect(embedded([], NOW)).toEqual([])
  })
})
