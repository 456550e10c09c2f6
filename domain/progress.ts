import * as z from 'zod'

/** `progress.json`, as the startup script writes it. Bytes and CPU seconds are those of the processor's process tree. */
export const ProgressReport = z.object({
  /** By the machine's clock. */
  at: z.string(),
  phase: z.enum(['boot', 'fetch', 'run', 'upload']).default('run'),
  /** Where the processor says so. */
  percent: z.number().nullable(),
  bytesRead: z.number().default(0),
  /** Of the payer file. */
  bytesTotal: z.number().default(0),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
  /** The machine's load average over a minute. */
  load: z.number().default(0),
})
export type ProgressReport = z.infer<typeof ProgressReport>

const Millis = z.int().nonnegative()

/** What is kept of it, beside its job: the latest report, when the machine spoke last, and when its work last moved. */
export const Progress = ProgressReport.extend({
  round: z.int(),
  attempt: z.int(),
  instanceId: z.string(),
  spokeAt: Millis,
  movedAt: Millis,
})
export type Progress = z.infer<typeof Progress>

/** Less CPU than this since the work last moved is what a process takes that only waits, seconds. */
const IDLE_CPU_SECONDS = 1

const moved = (before: Progress, report: ProgressReport): boolean =>
  report.phase !== before.phase ||
  report.percent !== before.percent ||
  report.bytesRead > before.bytesRead ||
  report.cpuSeconds - before.cpuSeconds >= IDLE_CPU_SECONDS

/**
 * A report on top of the one before. The machine's clock says when it spoke, for events may be late, but never more than
 * now. While nothing moves, the counts stay those of the last move: small steps add up. Undefined: it is not news.
 */
export const progressWith = (
  before: Progress | undefined,
  report: ProgressReport,
  from: Pick<Progress, 'round' | 'attempt' | 'instanceId'>,
  now: number,
): Progress | undefined => {
  const said = Date.parse(report.at)
  const spokeAt = Number.isNaN(said) ? now : Math.min(said, now)
  const same = before?.instanceId === from.instanceId ? before : undefined
  if (same === undefined) return { ...report, ...from, spokeAt, movedAt: spokeAt }
  if (spokeAt <= same.spokeAt && report.at === same.at) return undefined
  if (spokeAt < same.spokeAt) return undefined
  if (moved(same, report)) return { ...report, ...from, spokeAt, movedAt: spokeAt }
  return { ...report, cpuSeconds: same.cpuSeconds, ...from, spokeAt, movedAt: same.movedAt }
}

/** Seconds between two reports: two minutes, or less where a hang is to be noticed sooner than that would allow. */
export const progressSeconds = (hangMinutes: number): number => Math.min(120, hangMinutes * 15)

/**
 * Alive, and no use: `hung`, its processor neither reads nor computes nor says anything; `silent`, the machine itself has
 * stopped to speak. Fetching and uploading have time limits of their own and move nothing that is counted here.
 */
export const troubleOf = (progress: Progress, hangMinutes: number, now: number): 'hung' | 'silent' | undefined => {
  const limit = hangMinutes * 60_000
  if (now - progress.spokeAt >= limit) return 'silent'
  return progress.phase === 'run' && now - progress.movedAt >= limit ? 'hung' : undefined
}
