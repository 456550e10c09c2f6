import type { Measure } from '#functions/metrics'

/** A constant sentence and typed facts; never the event, the environment or the content of a file. */
export type Log = {
  /** What the invocation is about: goes with every line after this one, that of an escaped error too. */
  about(facts: Record<string, unknown>): void
  info(sentence: string, facts?: Record<string, unknown>): void
  warn(sentence: string, facts?: Record<string, unknown>): void
  error(sentence: string, facts?: Record<string, unknown>): void
  /** Numbers for CloudWatch, which reads them from the log. */
  measure(measures: readonly Measure[]): void
}
