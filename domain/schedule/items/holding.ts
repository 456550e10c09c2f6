import * as z from 'zod'

export const Need = z.object({ vcpus: z.int().nonnegative(), instances: z.int().nonnegative() })
export type Need = z.infer<typeof Need>

/** What a job has taken from a pool. */
export const Holding = z.object({ pool: z.string(), need: Need })
export type Holding = z.infer<typeof Holding>
