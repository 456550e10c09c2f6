import { z } from 'zod'
import { CsvLayout } from '#domain/csv/csv-layout'
import { TransactionSet } from '#domain/envelope/guides'
import { instanceTypes } from '#domain/policy/instance-types'
import { Name } from '#domain/route'

const InstanceType = z.string().refine((type) => Object.hasOwn(instanceTypes, type), {
  error: (issue) =>
    `unknown instance type ${JSON.stringify(issue.input)}; known: ${Object.keys(instanceTypes).join(', ')}`,
})

/** "This type only after those types": the gate of a lane. `atLeast` files of the type must have succeeded. */
export const Requirement = z.strictObject({ type: Name, atLeast: z.int().min(0).default(1) })

const fields = {
  /** Higher goes first, 0–1000. */
  priority: z.int().min(0).max(1000),
  /** false pauses the lanes that the row governs. */
  enabled: z.boolean(),
  pool: Name,
  after: z.array(Requirement),
  /** Where a gate counts: all files of the payer, or those of one cycle (the third part of the key). */
  scope: z.enum(['payer', 'cycle']),
  /** One at a time, in order of registration. */
  ordered: z.boolean(),
  /** In an ordered lane, a failed file blocks those behind it. */
  haltOnFailure: z.boolean(),
  maxConcurrent: z.int().min(1).max(10_000),
  /** Between the arrival of a gated lane's head and its admission: a member file that landed first may be announced later. */
  graceSeconds: z.int().min(0).max(86_400),
  /** Nothing of the lane starts until no file has arrived in it for so long: for lanes that must be complete. */
  quietSeconds: z.int().min(0).max(86_400),
  /** Any success of this type from now on clears older blocking jobs, not only a full member file's. */
  laterClears: z.boolean(),
  format: z.enum(['x12', 'csv', 'ndjson', 'none']),
  /** The X12 transaction set that a file of this type holds. */
  set: TransactionSet,
  /** Prefixes that GS08 and ST03 may have, such as `005010X220`; none: all guides of the set. */
  guides: z.array(z.string().regex(/^\d{6}X\d{3}/, 'a guide such as 005010X220')).max(20),
  /** Sets and guides other than the expected ones are warnings. */
  allowOtherSets: z.boolean(),
  csv: CsvLayout,
  /** Least members of a full file. */
  minMembers: z.int().min(0),
  /** How much smaller than the payer's last full file a full file may be; 100: any size. */
  maxDropPercent: z.int().min(0).max(100),
  /** A wrong SE01 is a warning, except in a full 834. */
  allowWrongSe01: z.boolean(),
  /** A control number that was used before in its file or group is a warning. */
  allowDuplicates: z.boolean(),
  /** A file without members, claims or records is unsound. */
  emptyIsUnsound: z.boolean(),
  /** `instance`: the file is validated on its own instance before the processor runs, for what exceeds Lambda's 15 minutes. */
  validateOn: z.enum(['lambda', 'instance']),
  /** Tried in this order; the largest decides how many vCPUs the job takes from its pool. */
  instanceTypes: z.array(InstanceType).min(1).max(10),
  diskGiB: z.int().min(8).max(16_384),
  /** The processor's time limit, minutes. */
  maxRunMinutes: z
    .int()
    .min(1)
    .max(7 * 24 * 60),
  /** From launch to the script's first sign of life, minutes; added to the machine's lease. */
  bootMinutes: z.int().min(1).max(60),
  /** What the payer's files of a day (UTC) may cost; then its lanes are held until midnight (`daily-budget`). */
  dailyBudgetUsd: z.number().positive().max(1_000_000).optional(),
  /** Instances a round may use up. */
  attempts: z.int().min(1).max(10),
  /** A pushed processor: `name`, or `name@<sha256>` to pin one. */
  processor: z.string().regex(/^[a-z][a-z0-9-]*(@[0-9a-f]{64})?$/),
}

/** What holds for one (payer, type): the merge of up to four rows over the defaults. */
export const Policy = z.strictObject(fields)
export type Policy = z.infer<typeof Policy>

/** A row of the table `payer-priority`. `*` stands for any. Unknown attributes are refused: a typing error must not pass in silence. */
export const PolicyRow = z.strictObject({
  payerId: z.union([z.literal('*'), Name]),
  fileType: z.union([z.literal('*'), Name]),
  ...z.strictObject(fields).partial().shape,
  /** Free text for people. */
  note: z.string().optional(),
  /** Written by Mayfly: what is wrong with the row, or that it is in force. */
  mayflyStatus: z.string().optional(),
})
export type PolicyRow = z.infer<typeof PolicyRow>
