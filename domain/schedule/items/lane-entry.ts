import * as z from 'zod'
import { Millis } from '#domain/schedule/items/millis'

export const LaneEntry = z.object({
  job: z.string(),
  order: z.string(),
  state: z.enum(['registered', 'parked', 'started', 'failed']),
  registeredAt: Millis,
  notBefore: Millis.optional(),
  /** The file's size: what it needs may depend on it. Absent in entries from before shapes. */
  bytes: z.int().nonnegative().optional(),
  /** A full member file: it replaces what failed before it. */
  full: z.boolean().optional(),
  /** `hold`: this file does not start until its owner resumes it. */
  owned: z.object({ who: z.string(), why: z.string() }).optional(),
})
export type LaneEntry = z.infer<typeof LaneEntry>
