import * as z from 'zod'

export const Findings = z.array(z.object({ code: z.string(), message: z.string(), segment: z.int(), byte: z.int() }))
