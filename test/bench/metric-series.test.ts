import { describe, expect, it } from 'vitest'
import { embedded } from '#functions/embedded-metrics'
import { metricSeries } from '../../bench/metric-series.ts'

describe('series of metrics that CloudWatch bills', () => {
  it('are counted by name and by the values of their dimension, as the functions write them', () => {
    const lines = embedded(
      [
        { metric: 'Arrived', value: 1 },
        { metric: 'Waiting', value: 2, by: 'pool-full' },
        { metric: 'Waiting', value: 1, by: 'paused' },
        { metric: 'CostUsd', value: 0.1, by: 'acme' },
      ],
      0,
    )
    expect([...new Set(lines.flatMap(metricSeries))].sort()).toEqual([
      'Mayfly Arrived',
      'Mayfly CostUsd',
      'Mayfly CostUsd Payer=acme',
      'Mayfly Waiting',
      'Mayfly Waiting Reason=paused',
      'Mayfly Waiting Reason=pool-full',
    ])
  })

  it.each(['START RequestId: 1', '{"message":"decided"}', '{"_aws":{}}', ''])('%j is none', (line) => {
    expect(metricSeries(line)).toEqual([])
  })
})
