import * as z from 'zod'

export const Candidate = z.object({
  instanceType: z.string(),
  market: z.enum(['spot', 'on-demand']),
  subnet: z.string(),
  /** What it is charged by, frozen with the attempt. */
  usdPerHour: z.number().optional(),
})
export type Candidate = z.infer<typeof Candidate>
