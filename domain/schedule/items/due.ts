import * as z from 'zod'
import { Millis } from '#domain/schedule/items/millis'

/** What time itself must bring back. */
export const Due = z.object({ scope: z.string(), at: Millis, reason: z.string() })
export type Due = z.infer<typeof Due>
