import * as z from 'zod'
import { CsvLayout } from '#domain/csv/csv-layout'
import { TransactionSet } from '#domain/envelope/guides'
import { machineFields } from '#domain/policy/machine-fields'
import { Shapes } from '#domain/policy/shapes'
import { Name } from '#domain/route'

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
  ...machineFields,
  /** What files get by their size, instead of what the row says for all: the first whose `upToMiB` is not exceeded. */
  shapes: Shapes,
  /** So many boots of the payer in a row without a sign of life hold its lanes (`boot-loop`). */
  bootFailures: z.int().min(1).max(100),
  /** What the payer's files of a day (UTC) may cost; then its lanes are held until midnight (`daily-budget`). */
  dailyBudgetUsd: z.number().positive().max(1_000_000).optional(),
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
