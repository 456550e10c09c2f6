import { burstEfficiency } from '#domain/cost'
import type { Job } from '#domain/schedule/items/job'

/** A row of the table `jobs`: what people see of a job. Nobody decides from it. Times are ISO 8601, UTC. */
export type JobRecord = {
  jobId: string
  bucket: string
  key: string
  versionId: string
  bytes: number
  payerId: string
  fileType: string
  cycle?: string
  /** Where its gates count; absent while a file is held without an execution. */
  scope?: string
  status: string
  because?: string
  sentence?: string
  round: number
  turn: number
  attempts: number
  execution?: string
  instanceId?: string
  findings?: Job['findings']
  report?: string
  ranAfter?: Record<string, string>
  output?: Job['output']
  history?: Job['history']
  counts?: Record<string, number>
  instanceType?: string
  market?: 'spot' | 'on-demand'
  /** The instance's list price; `costUsd` has its disk as well, and all attempts. */
  usdPerHour?: number
  billedSeconds?: number
  usefulSeconds?: number
  costUsd?: number
  /** Useful ÷ billed seconds. */
  burstEfficiency?: number
  peakMemoryBytes?: number
  cpuSeconds?: number
  registeredAt: string
  waitingAt?: string
  startedAt?: string
  runningAt?: string
  endedAt?: string
}

const iso = (millis: number): string => new Date(millis).toISOString()

const present = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T

/** The projection of a job that `schedule` writes beside it, in the same transaction. */
export const recordOf = (job: Job): JobRecord => {
  const { registeredAt, waitingAt, startedAt, runningAt, endedAt } = job
  const optional = {
    cycle: job.cycle,
    scope: job.scope,
    because: job.because,
    sentence: job.sentence,
    execution: job.execution,
    instanceId: job.instanceId,
    findings: job.findings,
    report: job.report,
    ranAfter: job.ranAfter,
    output: job.output,
    history: job.history,
    counts: job.counts,
    instanceType: job.spent?.instanceType,
    market: job.spent?.market,
    usdPerHour: job.spent?.usdPerHour,
    billedSeconds: job.spent?.billedSeconds,
    usefulSeconds: job.spent?.usefulSeconds,
    costUsd: job.spent?.usd,
    burstEfficiency: job.spent && Math.round(burstEfficiency(job.spent) * 1e4) / 1e4,
    peakMemoryBytes: job.used?.peakMemoryBytes,
    cpuSeconds: job.used?.cpuSeconds,
    waitingAt: waitingAt === undefined ? undefined : iso(waitingAt),
    startedAt: startedAt === undefined ? undefined : iso(startedAt),
    runningAt: runningAt === undefined ? undefined : iso(runningAt),
    endedAt: endedAt === undefined ? undefined : iso(endedAt),
  }
  return {
    jobId: job.job,
    bucket: job.bucket,
    key: job.key,
    versionId: job.version,
    bytes: job.bytes,
    payerId: job.payerId,
    fileType: job.fileType,
    status: job.status,
    round: job.round,
    turn: job.turn,
    attempts: job.attempts ?? 0,
    registeredAt: iso(registeredAt),
    ...(present(optional) as Partial<JobRecord>),
  }
}
