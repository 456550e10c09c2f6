import { paginateScan } from '@aws-sdk/lib-dynamodb'
import type { OpenStack } from '#cli/aws/open-stack'
import { JobRow } from '#cli/jobs/job-row'
import { type Books, openBooks, readAhead } from '#domain/schedule/books'
import { explain } from '#domain/schedule/explain'
import { isOver, type Status } from '#domain/schedule/items/status'
import { recordOf } from '#domain/schedule/job-record'
import * as keys from '#domain/schedule/keys'
import { think } from '#functions/think'

type Filter = {
  readonly expression: string
  readonly names: Record<string, string>
  readonly values: Record<string, unknown>
}

/** Rows of the table `jobs`, oldest first. Reads the whole table: for people, not for decisions. */
export const scanJobs = async ({ db, names }: OpenStack, filter?: Filter): Promise<JobRow[]> => {
  const query = filter && {
    FilterExpression: filter.expression,
    ExpressionAttributeNames: filter.names,
    ExpressionAttributeValues: filter.values,
  }
  const rows: JobRow[] = []
  const pages = paginateScan({ client: db }, { TableName: names.JobsTable, ConsistentRead: true, ...query })
  for await (const { Items = [] } of pages) rows.push(...Items.map((item) => JobRow.parse(item)))
  return rows.sort((a, b) => (a.registeredAt + a.jobId < b.registeredAt + b.jobId ? -1 : 1))
}

/** Statuses whose reason stands with the lane, not with the job. */
const waits = (status: Status): boolean => ['registered', 'validating', 'waiting'].includes(status)

/** So many are explained together: a book's pages are looked through for each of them. */
const TOGETHER = 500

/** The jobs as they stand now; what waits says why. `limit`: how many are explained at most, the oldest first. */
export const liveJobs = async (
  stack: OpenStack,
  now = Date.now(),
  limit = Number.POSITIVE_INFINITY,
): Promise<JobRow[]> => {
  const rows = await scanJobs(stack)
  const open = rows.filter(({ status }) => !isOver(status)).slice(0, limit)
  const fresh = new Map<string, JobRow>()
  for (let i = 0; i < open.length; i += TOGETHER) {
    const some = open.slice(i, i + TOGETHER)
    const books = openBooks(now, 0)
    await think(
      readAhead(
        books,
        some.map(({ jobId }) => keys.job(jobId)),
      ),
      stack.sources,
    )
    for (const row of some) fresh.set(row.jobId, (await explained(stack, books, row.jobId)) ?? row)
  }
  return rows.map((row) => fresh.get(row.jobId) ?? row)
}

/** The job may have moved on since its row was read: then it is shown as it is now. */
const explained = async ({ sources }: OpenStack, books: Books, id: string): Promise<JobRow | undefined> => {
  const found = await think(explain(books, id), sources)
  if (!found) return undefined
  const row: JobRow = JobRow.parse(recordOf(found.job))
  if (!waits(found.job.status)) return row
  return { ...row, because: found.because, sentence: found.sentence, waitingFor: found.waitingFor }
}
