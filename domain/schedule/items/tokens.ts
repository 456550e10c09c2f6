import * as z from 'zod'

export const Tokens = z.object({ round: z.int(), tokens: z.array(z.string()) })
export type Tokens = z.infer<typeof Tokens>
