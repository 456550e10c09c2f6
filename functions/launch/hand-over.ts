import type { Files } from '#domain/ports/files'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Attempt } from '#domain/schedule/items/attempt'
import { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import { runPrefix } from '#domain/schedule/run-prefix'
import { policyOf } from '#functions/policy-of'
import { rulesOf } from '#functions/rules-of'

export type HandingOver = {
  table: Pick<ScheduleTable, 'items'>
  files: Pick<Files, 'tags' | 'writeTags'>
  results: Pick<Results, 'copy' | 'writeText' | 'writeJson'>
  tables: Pick<PolicyTables, 'rows'>
}

/** The tag that lets one instance (`aws:userid`) read one version; the instance policy rests on it. */
const READER_TAG = 'mayfly-reader'

/** The tags that the payer gave its file stay. */
const nameReader = async (job: Job, reader: string, files: HandingOver['files']): Promise<void> => {
  const tags = await files.tags(job)
  if (tags[READER_TAG] !== reader) await files.writeTags(job, { ...tags, [READER_TAG]: reader })
}

/** What the validator on the instance reads; the name of no file type has a point. */
const RULES = 'mayfly.rules.json'

/**
 * Lets the instance, and no other, read its file; copies the output of the jobs it runs after to its own `in/<type>/`;
 * and writes the manifest last, which the script waits for. Repeating it changes nothing.
 */
export const handOver = async (job: Job, attempt: Attempt, deps: HandingOver): Promise<void> => {
  const { table, files, results } = deps
  if (attempt.instanceId === undefined) return
  const { roleId } = attempt.request
  const prefix = runPrefix(roleId, attempt.instanceId)
  await nameReader(job, `${roleId}:${attempt.instanceId}`, files)
  const names: string[] = []
  if (attempt.request.validator !== undefined) {
    const policy = await policyOf(deps, job.payerId, job.fileType)
    names.push(RULES)
    await results.writeJson(`${prefix}in/${RULES}`, await rulesOf(table, job, policy))
  }
  for (const [type, id] of Object.entries(job.ranAfter ?? {})) {
    const [item] = await table.items([keys.job(id)])
    const { output } = Job.parse(item?.value)
    for (const name of output?.names ?? []) {
      names.push(`${type}/${name}`)
      await results.copy(`${output?.prefix}${name}`, `${prefix}in/${type}/${name}`)
    }
  }
  await results.writeText(`${prefix}in/manifest`, `${names.join('\n')}\n`)
}
