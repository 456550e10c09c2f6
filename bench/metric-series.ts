import * as z from 'zod'

const Embedded = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
})

/**
 * The metrics that CloudWatch would bill for a log line in its embedded format: one for each name and each set of
 * dimension values. None for any other line.
 */
export const metricSeries = (line: string): string[] => {
  let read: z.ZodSafeParseResult<z.infer<typeof Embedded>>
  try {
    read = Embedded.safeParse(JSON.parse(line.slice(line.indexOf('{'))))
  } catch {
    return []
  }
  if (!read.success) return []
  const { _aws, ...values } = read.data
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((set) => [Namespace, Name, ...set.map((name) => `${name}=${String(values[name])}`)].join(' ')),
    ),
  )
}
