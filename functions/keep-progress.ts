import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Progress, ProgressReport, progressWith } from '#domain/progress'
import type { Key } from '#domain/schedule/keys'

type Deps = { table: Pick<ScheduleTable, 'items' | 'write'>; results: Pick<Results, 'readJson'> }
type Owner = { job: string; round: number; attempt: number; instanceId: string }

export const progressKey = (job: string): Key => ({ pk: `JOB#${job}`, sk: 'PROGRESS' })

/**
 * Reads a machine's `progress.json` and keeps it beside its job if it is news. `before`: what is kept so far.
 * @returns what is kept now; `unreadable` when the object is no report
 */
export const keepProgress = async (
  key: string,
  { job, ...from }: Owner,
  before: unknown,
  { table, results }: Deps,
  now: number,
): Promise<Progress | 'unreadable' | undefined> => {
  const kept = Progress.safeParse(before).data
  const written = await results.readJson(key)
  if (written === undefined) return kept
  const report = ProgressReport.safeParse(written)
  if (!report.success) return 'unreadable'
  const news = progressWith(kept, report.data, from, now)
  if (news === undefined) return kept
  await table.write(progressKey(job), news)
  return news
}
