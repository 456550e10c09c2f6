import * as z from 'zod'

/** A lane held at a pool (`never-fits`, `unknown-pool`), or a lane of a payer: where edits find the lanes they concern. */
export const LaneRef = z.object({ payerId: z.string(), scope: z.string(), type: z.string() })
export type LaneRef = z.infer<typeof LaneRef>
