import * as z from 'zod'
import { Act } from '#domain/schedule/items/act'
import { Holding } from '#domain/schedule/items/holding'
import { Millis } from '#domain/schedule/items/millis'

const ScopeType = z.object({
  /** Registered and not over, or over and started again. */
  unfinished: z.int().nonnegative(),
  /** Jobs that ended badly and were not cleared: they keep the gates of others closed. */
  blocking: z.record(z.string(), z.enum(['failed', 'rejected'])),
  /** Blocking jobs beyond those named in `blocking`, so that the item stays below DynamoDB's 400 KB. */
  blockingMore: z.int().nonnegative().optional(),
  succeeded: z.int().nonnegative(),
  running: z.int().nonnegative(),
  /** Every unfinished job of the type is listed beside the scope, and every running one in `holds`: `audit` counts by them. */
  listed: z.boolean().optional(),
  /** What each running job holds, by job. */
  holds: z.record(z.string(), Holding).optional(),
  /** The latest success: its output goes to the jobs that run after it. */
  okJob: z.string().optional(),
  /** Where this lane stands on a pool's board, if it does. */
  board: z.object({ pool: z.string(), sk: z.string() }).optional(),
  /** A pool that cannot take this lane as things are; its edits look here again. */
  heldAt: z.string().optional(),
  /** When the latest file of the lane arrived: `quietSeconds` counts from here. */
  lastArrival: Millis.optional(),
  /** `waive`: what was registered in the lane before here ignores its gate. */
  waivedBefore: z.string().optional(),
  /** `hold`: nothing of the lane starts until its owner resumes it. */
  owned: z.object({ who: z.string(), why: z.string() }).optional(),
  /** What owners asked for the lane, newest last. */
  acts: z.array(Act).optional(),
})
export type ScopeType = z.infer<typeof ScopeType>

export const Scope = z.object({
  payerId: z.string(),
  types: z.record(z.string(), ScopeType),
  /** In the scope that is the payer's own: what its machines cost on the day (UTC) on which one was last charged. */
  spent: z.object({ day: z.string(), usd: z.number() }).optional(),
  /** There too: boots in a row without a sign of life, and the last instance of them. */
  boots: z.object({ failed: z.int().positive(), instanceId: z.string() }).optional(),
})
export type Scope = z.infer<typeof Scope>
