import * as z from 'zod'
import { Act } from '#domain/schedule/items/act'
import { Findings } from '#domain/schedule/items/findings'
import { Millis } from '#domain/schedule/items/millis'
import { Status } from '#domain/schedule/items/status'
import type { JobRecord } from '#domain/schedule/job-record'

/** An owner's act as people read it: the table holds its time in milliseconds, as the scheduler does. */
export const ShownAct = Act.extend({ at: Millis.transform((at) => new Date(at).toISOString()) })
export type ShownAct = z.infer<typeof ShownAct>

/** A row of the table `jobs` as it is read; `because` and `waitingFor` of what waits are joined from its lane. */
export const JobRow = z.looseObject({
  jobId: z.string(),
  bucket: z.string(),
  key: z.string(),
  versionId: z.string(),
  bytes: z.number(),
  payerId: z.string(),
  fileType: z.string(),
  cycle: z.string().optional(),
  scope: z.string().optional(),
  status: Status,
  because: z.string().optional(),
  sentence: z.string().optional(),
  waitingFor: z.array(z.string()).optional(),
  round: z.number(),
  turn: z.number(),
  attempts: z.number(),
  execution: z.string().optional(),
  instanceId: z.string().optional(),
  findings: Findings.optional(),
  report: z.string().optional(),
  ranAfter: z.record(z.string(), z.string()).optional(),
  output: z.object({ prefix: z.string(), names: z.array(z.string()) }).optional(),
  /** What owners asked for it, newest last. */
  history: z.array(ShownAct).optional(),
  counts: z.record(z.string(), z.number()).optional(),
  instanceType: z.string().optional(),
  market: z.enum(['spot', 'on-demand']).optional(),
  usdPerHour: z.number().optional(),
  billedSeconds: z.number().optional(),
  usefulSeconds: z.number().optional(),
  costUsd: z.number().optional(),
  burstEfficiency: z.number().optional(),
  peakMemoryBytes: z.number().optional(),
  cpuSeconds: z.number().optional(),
  registeredAt: z.string(),
  waitingAt: z.string().optional(),
  startedAt: z.string().optional(),
  runningAt: z.string().optional(),
  endedAt: z.string().optional(),
}) satisfies z.ZodType<Omit<JobRecord, 'history'>>
export type JobRow = z.infer<typeof JobRow>

/** From landing to the end, or to now, ms. */
export const ageOf = ({ registeredAt, endedAt }: JobRow, now: number): number =>
  (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(registeredAt)
