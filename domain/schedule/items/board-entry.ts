import * as z from 'zod'

export const BoardEntry = z.object({ scope: z.string(), type: z.string(), job: z.string() })
export type BoardEntry = z.infer<typeof BoardEntry>
