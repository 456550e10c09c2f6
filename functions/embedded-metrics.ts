import { type Measure, metrics, NAMESPACE } from '#functions/metrics'

/** CloudWatch takes 100 values of a metric in one line. */
const MAX_VALUES = 100

const dimensionOf = ({ metric }: Measure): string | undefined => {
  const described: { unit: string; by?: string } = metrics[metric]
  return described.by
}

const line = (measures: readonly Measure[], now: number): string => {
  const [first] = measures
  const dimension = first && dimensionOf(first)
  const names = [...new Set(measures.map(({ metric }) => metric))]
  const values = names.map((name) => [name, measures.filter(({ metric }) => metric === name).map(({ value }) => value)])
  return JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          // With and without its dimension: the sum over all reasons needs no metric math, and an alarm can watch either.
          Dimensions: dimension === undefined ? [[]] : [[], [dimension]],
          Metrics: names.map((name) => ({ Name: name, Unit: metrics[name].unit })),
        },
      ],
    },
    ...(dimension === undefined ? {} : { [dimension]: first?.by ?? 'unknown' }),
    ...Object.fromEntries(values),
  })
}

/**
 * Measures in CloudWatch's embedded metric format, one line for each value of a dimension. CloudWatch reads them from the
 * log: no request, no rights, no client in the bundle.
 */
export const embedded = (measures: readonly Measure[], now: number): string[] => {
  const groups = new Map<string, Measure[]>()
  for (const measure of measures) {
    const kind = JSON.stringify([dimensionOf(measure), measure.by])
    groups.set(kind, [...(groups.get(kind) ?? []), measure])
  }
  const lines: string[] = []
  for (const group of groups.values())
    for (let i = 0; i < group.length; i += MAX_VALUES) lines.push(line(group.slice(i, i + MAX_VALUES), now))
  return lines
}
