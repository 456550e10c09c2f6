import * as z from 'zod'

/** The shard's sequence number: raised by every transaction of `schedule`, which puts all decisions in one order. */
export const Shard = z.object({ seq: z.int().nonnegative() })
