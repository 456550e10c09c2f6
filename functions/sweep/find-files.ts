import { jobIdOf } from '#domain/job-id'
import type { Files } from '#domain/ports/files'
import type { Inbox } from '#domain/ports/inbox'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'
import { type Telling, tell } from '#functions/sweep/tell'

type Deps = Telling & {
  table: Pick<ScheduleTable, 'items'>
  files: Pick<Files, 'list'>
  inbox: Inbox
  landingBucket: string
}

/** S3 announces an object within minutes; after an hour, milliseconds, it has been forgotten. */
const GRACE_MS = 3_600_000
/** A bucket whose events were switched off for long has forgotten everything: the count says how many, these lines some. */
const MOST_TOLD = 100
/** A BatchGetItem takes 100 keys. */
const PAGE = 100

/** Objects in the landing bucket that nobody registered. One list of the whole bucket: once a day. Returns how many. */
export const findFiles = async (deps: Deps, now: number): Promise<number> => {
  const { table, files, inbox, landingBucket } = deps
  let forgotten = 0
  let next: string | undefined
  do {
    const page = await files.list(landingBucket, next)
    const old = page.files.filter(({ landedAt }) => now - landedAt > GRACE_MS)
    for (let i = 0; i < old.length; i += PAGE) {
      const some = old.slice(i, i + PAGE)
      const jobs = await table.items(some.map((file) => keys.job(jobIdOf(file))))
      for (const { bucket, key, version, bytes } of some.filter((_, at) => !jobs[at])) {
        const job = jobIdOf({ bucket, key, version })
        const body = { kind: 'landed', job, bucket, key, version, bytes, sequencer: '', newest: true, at: now }
        await inbox.send('landed', JSON.stringify(body))
        forgotten += 1
        if (forgotten <= MOST_TOLD) tell(deps, 'forgottenFiles', { job })
      }
    }
    next = page.next
  } while (next !== undefined)
  return forgotten
}
