import * as z from 'zod'
import { Name } from '#domain/route'

/** A row of the table `capacity-pools`: a named ceiling on admitted vCPUs and instances (an EC2 quota, a budget). */
export const PoolRow = z.strictObject({
  pool: Name,
  maxVcpus: z.int().min(0).max(1_000_000),
  maxInstances: z.int().min(0).max(100_000),
  enabled: z.boolean().default(true),
  note: z.string().optional(),
  mayflyStatus: z.string().optional(),
})
export type PoolRow = z.infer<typeof PoolRow>
