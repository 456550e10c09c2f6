import * as z from 'zod'

/** What is taken from a pool now. The ceiling is a row of `capacity-pools`. */
export const PoolState = z.object({
  usedVcpus: z.int(),
  usedInstances: z.int(),
  /** It stands in the list of pools. */
  listed: z.boolean().optional(),
})
export type PoolState = z.infer<typeof PoolState>
