import * as z from 'zod'
import { Candidate } from '#domain/schedule/items/candidate'
import { Millis } from '#domain/schedule/items/millis'

/** One instance for a round. `launch` opens it, moves its candidate, records the instance, appends tokens; `schedule` closes it. */
export const Attempt = z.object({
  job: z.string(),
  round: z.int(),
  attempt: z.int().positive(),
  turn: z.int(),
  /** Raised by every write, so that each writer can say "as I read it". */
  rev: z.int().positive(),
  state: z.enum(['open', 'refused', 'succeeded', 'failed', 'retryable', 'lost', 'stopped']),
  candidate: z.int().nonnegative(),
  /** What RunInstances is asked, frozen before the call: the same token must always carry the same parameters. */
  request: z.object({
    candidates: z.array(Candidate),
    roleId: z.string(),
    launchTemplate: z.object({ id: z.string(), version: z.string() }),
    processor: z.object({ name: z.string(), key: z.string(), sha256: z.string(), packages: z.array(z.string()) }),
    /** Runs before the processor, where the row validates on the instance. */
    validator: z.object({ key: z.string(), sha256: z.string() }).optional(),
    runSeconds: z.int(),
    deadlineMinutes: z.int(),
    /** So long without any progress is a hang, minutes. */
    hangMinutes: z.int().positive().optional(),
    diskGiB: z.int(),
    diskUsdPerHour: z.number().optional(),
    /** From launch to the first sign of life. Absent in attempts from before boot deadlines. */
    bootMinutes: z.int().positive().optional(),
    /** Of the policy: an AMI or an SSM parameter. */
    image: z.string().optional(),
    rootDevice: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    terminateAfter: Millis,
  }),
  tokens: z.array(z.string()),
  instanceId: z.string().optional(),
  openedAt: Millis,
  /** When the instance was recorded: long after `openedAt` when the invocation was slow. */
  launchedAt: Millis.optional(),
  closedAt: Millis.optional(),
  /** When EC2 said that it takes the spot instance back. */
  spotNoticeAt: Millis.optional(),
  error: z.string().optional(),
  /** Why it ended `lost` or `refused`, where that is known: `boot-timeout`, `spot-interruption`, EC2's StateReason … */
  because: z.string().optional(),
})
export type Attempt = z.infer<typeof Attempt>
