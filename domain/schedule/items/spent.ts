import * as z from 'zod'

/** What a job's machines cost, all its attempts together; type, market and price are the last one's. */
export const Spent = z.object({
  instanceType: z.string(),
  market: z.enum(['spot', 'on-demand']),
  /** The instance's list price when its attempt was opened; its disk is in `usd` only. */
  usdPerHour: z.number(),
  billedSeconds: z.number(),
  usefulSeconds: z.number(),
  usd: z.number(),
})
export type Spent = z.infer<typeof Spent>
