import * as z from 'zod'

/** The newest event seen for a key (S3's sequencer orders one key only), so that what overtakes an older event wins. */
export const KeyState = z.object({ sequencer: z.string(), job: z.string().optional(), deleted: z.boolean() })
export type KeyState = z.infer<typeof KeyState>
