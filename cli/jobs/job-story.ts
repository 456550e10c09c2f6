import type { OpenStack } from '#cli/aws/open-stack'
import type { FoundJob } from '#cli/jobs/find-job'
import { JobRow, ShownAct } from '#cli/jobs/job-row'
import { entries, openBooks } from '#domain/schedule/books'
import { explain } from '#domain/schedule/explain'
import { Attempt } from '#domain/schedule/items/attempt'
import { recordOf } from '#domain/schedule/job-record'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneActs } from '#domain/schedule/lane-acts'
import { think } from '#functions/think'

type Asked = {
  readonly sources: OpenStack['sources']
  readonly names: Pick<OpenStack['names'], 'ResultsBucket'>
}

const JOB_ID = /^[0-9a-f]{24}$/

const iso = (millis: number): string => new Date(millis).toISOString()

/** Everything that `mayfly explain` tells of one job, as JSON. @throws when the job vanished meanwhile. */
export const jobStory = async (stack: Asked, { job: id, others }: FoundJob, now = Date.now()) => {
  const books = openBooks(now, 0)
  const found = await think(explain(books, id), stack.sources)
  if (!found) throw new Error(`Job ${id} is in the table jobs but not in the schedule; nothing more is known of it`)
  const acts = await think(laneActs(books, found.job), stack.sources)
  const attempts = await think(attemptsOf(books, id), stack.sources)
  const { because, sentence, since, waitingFor, wouldLetItGo, lane, pool } = found
  return {
    job: JobRow.parse(recordOf(found.job)),
    because,
    sentence,
    since: iso(since),
    waitingFor: await named(stack, waitingFor),
    wouldLetItGo,
    ...(lane && { lane }),
    ...(pool && { pool }),
    ...(found.job.output && { outputBucket: stack.names.ResultsBucket }),
    ...(found.job.report && { reportBucket: stack.names.ResultsBucket }),
    ...(acts.length > 0 && { laneActs: acts.map((act) => ShownAct.parse(act)) }),
    attempts: attempts.map((each) => ({
      round: each.round,
      attempt: each.attempt,
      state: each.state,
      ...(each.instanceId && { instanceId: each.instanceId }),
      instanceType: each.request.candidates[each.candidate]?.instanceType,
      openedAt: iso(each.openedAt),
      ...(each.closedAt !== undefined && { closedAt: iso(each.closedAt) }),
      ...(each.error !== undefined && { error: each.error }),
    })),
    otherVersions: others.map(({ jobId, versionId, status, registeredAt }) => ({
      jobId,
      versionId,
      status,
      registeredAt,
    })),
  }
}
export type JobStory = Awaited<ReturnType<typeof jobStory>>

function* attemptsOf(books: ReturnType<typeof openBooks>, id: string) {
  const found = yield* entries(books, `JOB#${id}`, 'ATTEMPT#', Attempt)
  return found.map(({ value }) => value)
}

/** What is waited for is a job or a file type: a job is shown with its key. */
const named = async (stack: Asked, waitingFor: readonly string[]) => {
  const ids = waitingFor.filter((each) => JOB_ID.test(each))
  if (ids.length === 0) return waitingFor.map((each) => ({ type: each }))
  const rows = new Map(
    (await stack.sources.table.items(ids.slice(0, 100).map((id) => keys.job(id)))).flatMap((item) => {
      const job = item && kinds.job.schema.parse(item.value)
      return job ? [[job.job, job] as const] : []
    }),
  )
  return waitingFor.map((each) => {
    const job = rows.get(each)
    return job ? { job: each, key: job.key, status: job.status } : { job: each }
  })
}
