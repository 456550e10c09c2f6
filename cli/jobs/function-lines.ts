import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import type { JobRecord } from '#domain/schedule/job-record'

export type FunctionLine = {
  readonly at: string
  readonly step: string
  readonly level: string
  readonly sentence: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** A function's line is about a file from just before its registration until some time after its end. */
const BEFORE_MS = 60_000
const AFTER_MS = 15 * 60_000

/** What the functions logged on a job, oldest first. Log groups that an endpoint lacks have nothing to say. */
export const functionLines = async (
  client: CloudWatchLogsClient,
  groups: readonly string[],
  { jobId, registeredAt, endedAt }: Pick<JobRecord, 'jobId' | 'registeredAt' | 'endedAt'>,
): Promise<FunctionLine[]> => {
  const lines: FunctionLine[] = []
  const question = {
    filterPattern: `"${jobId}"`,
    startTime: Date.parse(registeredAt) - BEFORE_MS,
    ...(endedAt === undefined ? {} : { endTime: Date.parse(endedAt) + AFTER_MS }),
  }
  for (const logGroupName of groups)
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { ...question, logGroupName }))
      lines.push(...events.flatMap(({ timestamp = 0, message = '' }) => readLine(timestamp, message) ?? []))
  return lines.sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** Lines that are not ours (Lambda's own, embedded metrics) say nothing of the job. */
export const readLine = (timestamp: number, text: string): FunctionLine | undefined => {
  const json = text.slice(text.indexOf('{'))
  try {
    const { service, level, message, timestamp: _at, ...facts } = JSON.parse(json)
    if (typeof message !== 'string' || typeof service !== 'string') return undefined
    return {
      at: new Date(timestamp).toISOString(),
      step: service,
      level: String(level),
      sentence: message,
      facts: own(facts),
    }
  } catch {
    return undefined
  }
}

/** Of every line the same: where it ran. */
const ofLambda = [
  'sampling_rate',
  'xray_trace_id',
  'function_arn',
  'cold_start',
  'function_name',
  'function_memory_size',
]
const own = (facts: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !ofLambda.includes(name)))
