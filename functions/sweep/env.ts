import * as z from 'zod'

export const env = z.object({
  SCHEDULE_TABLE: z.string().min(2),
  JOBS_TABLE: z.string().min(2),
  PAYER_PRIORITY_TABLE: z.string().min(2),
  CAPACITY_POOLS_TABLE: z.string().min(2),
  INBOX_URL: z.string().min(2),
  STATE_MACHINE_ARN: z.string().min(2),
  RESULTS_BUCKET: z.string().min(2),
  LANDING_BUCKET: z.string().min(2),
})
