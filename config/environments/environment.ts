import * as z from 'zod'
import { GivenNetwork } from '#infra/given-network'

/** What CloudWatch Logs takes as a retention, days; 2192 are the six years of 45 CFR 164.316(b)(2). */
const LogDays = z.literal([7, 14, 30, 60, 90, 180, 365, 731, 1096, 1827, 2192, 2557, 3653])

const Email = z.email('is not an e-mail address')

/** One account and region in which Mayfly runs: everything that differs between them, and nothing else does. */
export const Environment = z.strictObject({
  $schema: z.string().optional(),
  /** Where it may be deployed; left out: wherever the credentials lead. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'is not an account id of 12 digits')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region like us-east-1')
    .optional(),
  /** Who answers for it: the tag Owner on everything. */
  owner: z.string().min(1).default('mayfly'),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  /** What becomes of tables and buckets when the stack, or a resource of it, goes. */
  data: z.enum(['retain', 'destroy']).default('retain'),
  /** Termination protection of the stack, deletion protection of the tables, and no update may replace data. */
  protected: z.boolean().default(false),
  logDays: LogDays.default(90),
  /** `customer-key`: one KMS key of ours, rotated, for buckets, tables, queues, logs and alarms ($1 a month and $0.03 per 10,000 requests). */
  encryption: z.enum(['aws', 'customer-key']).default('aws'),
  /** Server access logs of the buckets, in a bucket of their own. */
  accessLogs: z.boolean().default(false),
  /** X-Ray for the functions and the state machine. */
  tracing: z.boolean().default(false),
  /** Every decision of the scheduler, kept 30 days for `mayfly replay`. */
  journal: z.boolean().default(false),
  /** The operator's own VPC instead of ours. */
  network: GivenNetwork.optional(),
  /**
   * So many launches at once, reserved of the account's concurrent runs: five stay within RunInstances' two requests a second
   * at 2.5–4.8 s each. 0 reserves none, for a new account that may run ten functions at once: AWS keeps 100 unreserved.
   */
  launchesAtOnce: z.int().min(0).max(1000).default(5),
  /** A managed policy that bounds every role. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:policy\/.+$/, 'is not the ARN of a managed policy')
    .optional(),
  alarms: z
    .strictObject({
      /** Each gets a message to confirm first. */
      emails: z.array(Email).default([]),
      /** A file that has waited so long is news. */
      waitingHours: z.number().positive().max(24).default(6),
      /** A gate that has been closed so long, with files behind it, is news. */
      gateHours: z.number().positive().max(24).default(12),
      /** What instances may cost in a day, US dollars. */
      dailyUsd: z.number().positive().default(50),
    })
    .prefault({}),
  /** An AWS budget over everything tagged app=mayfly: told at 80 % and 100 %, and when the forecast is above it. */
  monthlyBudgetUsd: z.number().positive().optional(),
})
export type Environment = z.infer<typeof Environment>
