import * as z from 'zod'

/** The payer's last full file that ran: what `maxDropPercent` compares with. */
export const LastFull = z.object({ job: z.string(), order: z.string(), members: z.int().nonnegative() })
export type LastFull = z.infer<typeof LastFull>
