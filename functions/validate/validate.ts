import * as z from 'zod'
import type { Files } from '#domain/ports/files'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Job } from '#domain/schedule/items/job'
import type { UnsoundCause, Validation } from '#domain/schedule/messages'
import { jobFacts } from '#functions/job-facts'
import type { Log } from '#functions/log'
import { policyOf } from '#functions/policy-of'
import { readJob } from '#functions/read-job'
import { rulesOf } from '#functions/rules-of'
import { summaryOf } from '#functions/validate/summary'
import { FileChanged, UnsoundFile } from '#functions/validate/validate-errors'
import { type ValidationReport, validateStream } from '#functions/validate/validate-stream'
import { withinTime } from '#functions/validate/within-time'

export const Input = z.object({ job: z.string(), round: z.int() })

export type Deps = {
  table: Pick<ScheduleTable, 'items'>
  tables: Pick<PolicyTables, 'rows'>
  files: Pick<Files, 'read' | 'head'>
  results: Pick<Results, 'writeJson'>
  log: Log
  /** Milliseconds that this invocation still has; absent where nothing ends it. */
  remaining?: () => number
}

const causeOf = (report: string, found: ValidationReport): z.infer<typeof UnsoundCause> => ({
  report,
  findings: summaryOf(found).findings,
})

/** Lambda sees no more than the size; the instance reads. The version must be the one that was announced, and have content. */
const letThrough = async (job: Job, files: Deps['files']): Promise<z.infer<typeof Validation>> => {
  const stored = await files.head(job)
  if (stored?.bytes !== job.bytes)
    throw new FileChanged(`S3 has ${stored?.bytes ?? 'no'} bytes of the version, ${job.bytes} were announced`)
  const message = 'the file has no content'
  if (job.bytes === 0)
    throw new UnsoundFile(
      JSON.stringify({ report: '', findings: [{ code: 'empty-file', message, segment: 1, byte: 0 }] }),
    )
  return { full: false, counts: {}, report: '', on: 'instance' }
}

/**
 * Reads exactly the version that the job names and writes the report object.
 * @throws UnsoundFile, FileChanged, ValidationTimedOut, RoundIsOver, JobStopped
 */
export const validate = async (
  { job: id, round }: z.infer<typeof Input>,
  deps: Deps,
): Promise<z.infer<typeof Validation>> => {
  deps.log.about({ job: id, round })
  const job = await readJob(deps.table, id, round)
  deps.log.about(jobFacts(job))
  const policy = await policyOf(deps, job.payerId, job.fileType)
  if (policy.validateOn === 'instance') return letThrough(job, deps.files)
  const chunks = withinTime(await deps.files.read(job), job, deps.remaining)
  const found = await validateStream(chunks, await rulesOf(deps.table, job, policy))
  // A short read must not be taken for a short file.
  if (found.readToEnd && found.bytesRead !== job.bytes)
    throw new FileChanged(`S3 gave ${found.bytesRead} bytes of the version, ${job.bytes} were announced`)
  const report = `reports/${id}/r${round}.json`
  await deps.results.writeJson(report, { jobId: id, key: job.key, versionId: job.version, ...found })
  deps.log.info('validated', { valid: found.valid, bytes: found.bytesRead, ...found.counts })
  if (!found.valid) throw new UnsoundFile(JSON.stringify(causeOf(report, found)))
  return { full: found.full, counts: found.counts, report }
}
