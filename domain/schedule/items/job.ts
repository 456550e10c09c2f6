import * as z from 'zod'
import { Act } from '#domain/schedule/items/act'
import { Findings } from '#domain/schedule/items/findings'
import { Holding } from '#domain/schedule/items/holding'
import { Millis } from '#domain/schedule/items/millis'
import { Spent } from '#domain/schedule/items/spent'
import { Status } from '#domain/schedule/items/status'

/** Everything that `schedule` knows of a job; it alone writes it. The table `jobs` shows a projection of it. */
export const Job = z.object({
  job: z.string(),
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  bytes: z.int().nonnegative(),
  payerId: z.string(),
  fileType: z.string(),
  fileName: z.string(),
  cycle: z.string().optional(),
  scope: z.string().optional(),
  order: z.string(),
  status: Status,
  /** Why it is held without an execution, or why it ended; the sentence says the same, and goes with it. */
  because: z.string().optional(),
  sentence: z.string().optional(),
  round: z.int().positive(),
  turn: z.int().nonnegative(),
  /** The state's timeout for this turn, seconds; from the policy at admission. */
  timeoutSeconds: z.int().positive().optional(),
  held: Holding.optional(),
  /** It ended badly and keeps gates closed. */
  blocks: z.boolean().optional(),
  stop: z
    .object({
      status: z.enum(['withdrawn', 'superseded', 'failed']),
      because: z.string(),
      sentence: z.string().optional(),
    })
    .optional(),
  /** `hold` by its owner. */
  owned: z.object({ who: z.string(), why: z.string() }).optional(),
  /** What owners asked for it, newest last. */
  history: z.array(Act).optional(),
  execution: z.string().optional(),
  full: z.boolean().optional(),
  /** By its row it is validated on its instance, which has not happened yet. */
  unvalidated: z.boolean().optional(),
  counts: z.record(z.string(), z.number()).optional(),
  report: z.string().optional(),
  findings: Findings.optional(),
  /** The jobs of the gate's types that had succeeded last when this one was admitted; the processor gets their output. */
  ranAfter: z.record(z.string(), z.string()).optional(),
  instanceId: z.string().optional(),
  attempts: z.int().nonnegative().optional(),
  spent: Spent.optional(),
  /** What its processor took at most, as the last result tells it. */
  used: z.object({ peakMemoryBytes: z.number(), cpuSeconds: z.number() }).optional(),
  output: z.object({ prefix: z.string(), names: z.array(z.string()) }).optional(),
  registeredAt: Millis,
  waitingAt: Millis.optional(),
  startedAt: Millis.optional(),
  runningAt: Millis.optional(),
  endedAt: Millis.optional(),
})
export type Job = z.infer<typeof Job>
