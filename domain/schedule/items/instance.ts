import * as z from 'zod'

/** Which attempt an instance works for; `ended` when its end was heard before its record was written. */
export const Instance = z.object({
  instanceId: z.string(),
  job: z.string().optional(),
  round: z.int().optional(),
  attempt: z.int().optional(),
  ended: z.string().optional(),
  /** DynamoDB TTL, epoch seconds. */
  expiresAt: z.int().optional(),
})
export type Instance = z.infer<typeof Instance>
