import * as z from 'zod'

export const env = z.object({
  SCHEDULE_TABLE: z.string().min(2),
  JOBS_TABLE: z.string().min(2),
  PAYER_PRIORITY_TABLE: z.string().min(2),
  CAPACITY_POOLS_TABLE: z.string().min(2),
  STATE_MACHINE_ARN: z.string().min(2),
  RESULTS_BUCKET: z.string().min(2),
  ARTIFACTS_BUCKET: z.string().min(2),
  LAUNCH_TEMPLATE_ID: z.string().min(2),
  LAUNCH_TEMPLATE_VERSION: z.string().min(1),
  INSTANCE_ROLE_ID: z.string().min(2),
  /** Comma separated, one a zone. */
  SUBNET_IDS: z.string().min(2),
  OWNER: z.string().min(1),
})
