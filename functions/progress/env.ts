import * as z from 'zod'

export const env = z.object({
  SCHEDULE_TABLE: z.string().min(2),
  JOBS_TABLE: z.string().min(2),
  RESULTS_BUCKET: z.string().min(2),
})
