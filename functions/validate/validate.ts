import * as z from 'zod'
import type { Files } from '#domain/ports/files'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { UnsoundCause, Validation } from '#domain/schedule/messages'
import type { Log } from '#functions/log'
import { policyOf } from '#functions/policy-of'
import { readJob } from '#functions/read-job'
import { type ValidationReport, validateStream } from '#functions/validate/validate-stream'

export const Input = z.object({ job: z.string(), round: z.int() })

/** The file must not run; its message is the cause that the scheduler reads (codes and positions, never contents). */
export class UnsoundFile extends Error {
  override readonly name = 'UnsoundFile'
}

export type Deps = {
  table: Pick<ScheduleTable, 'items'>
  tables: Pick<PolicyTables, 'rows'>
  files: Pick<Files, 'read'>
  results: Pick<Results, 'writeJson'>
  log: Log
}

/** So many findings go with the error; the report holds all of them. */
const FINDINGS_IN_CAUSE = 5

const causeOf = (report: string, { findings }: ValidationReport): z.infer<typeof UnsoundCause> => ({
  report,
  findings: findings
    .filter(({ severity }) => severity === 'error')
    .slice(0, FINDINGS_IN_CAUSE)
    .map(({ code, message, segment, byte }) => ({ code, message, segment, byte })),
})

/** Reads exactly the version that the job names and writes the report object. @throws UnsoundFile, RoundIsOver, JobStopped */
export const validate = async (
  { job: id, round }: z.infer<typeof Input>,
  deps: Deps,
): Promise<z.infer<typeof Validation>> => {
  const job = await readJob(deps.table, id, round)
  const { format, set, minMembers, allowWrongSe01, allowDuplicates, emptyIsUnsound } = await policyOf(
    deps,
    job.payerId,
    job.fileType,
  )
  const options = { format, set, minMembers, allowWrongSe01, allowDuplicates, emptyIsUnsound, fileType: job.fileType }
  const found = await validateStream(await deps.files.read(job), options)
  const report = `reports/${id}/r${round}.json`
  await deps.results.writeJson(report, { jobId: id, key: job.key, versionId: job.version, ...found })
  deps.log.info('validated', { job: id, valid: found.valid, bytes: found.bytesRead, ...found.counts })
  if (!found.valid) throw new UnsoundFile(JSON.stringify(causeOf(report, found)))
  return { full: found.full, counts: found.counts, report }
}
