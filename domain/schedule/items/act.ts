import * as z from 'zod'
import { Millis } from '#domain/schedule/items/millis'

/** An owner's act: what, who, why, when. */
export const Act = z.object({ action: z.string(), who: z.string(), why: z.string(), at: Millis })
export type Act = z.infer<typeof Act>
