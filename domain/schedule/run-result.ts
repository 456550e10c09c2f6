import * as z from 'zod'
import { Findings } from '#domain/schedule/items/findings'

/** `result.json`, written last by the startup script: the end of an attempt as the machine itself tells it. */
export const RunResult = z.object({
  scriptVersion: z.string(),
  job: z.string(),
  round: z.int(),
  attempt: z.int(),
  outcome: z.enum(['succeeded', 'failed', 'retryable']),
  reason: z.string(),
  exitCode: z.int(),
  startedAt: z.string(),
  endedAt: z.string(),
  inputBytes: z.number(),
  outputBytes: z.number(),
  outputs: z.array(z.string()),
  peakMemoryBytes: z.number(),
  cpuSeconds: z.number(),
  /** Of the processor's process tree, since script version 2. */
  bytesRead: z.number().optional(),
  bytesWritten: z.number().optional(),
  /** What the validator found, where the row has it run on the instance. */
  validation: z
    .object({
      valid: z.boolean(),
      full: z.boolean(),
      counts: z.record(z.string(), z.number()),
      findings: Findings,
    })
    .nullish(),
  /** When the machine saw that EC2 takes it back; null when it did not. */
  spotNoticeAt: z.string().nullish(),
})
export type RunResult = z.infer<typeof RunResult>
