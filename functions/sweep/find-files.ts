import { jobIdOf } from '#domain/job-id'
import type { Files } from '#domain/ports/files'
import type { Inbox } from '#domain/ports/inbox'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'

type Deps = { table: Pick<ScheduleTable, 'items'>; files: Pick<Files, 'list'>; inbox: Inbox; landingBucket: string }

/** S3 announces an object within minutes; after an hour, milliseconds, it has been forgotten. */
const GRACE_MS = 3_600_000
/** A BatchGetItem takes 100 keys. */
const PAGE = 100

/** Objects in the landing bucket that nobody registered. One list of the whole bucket: once a day. Returns how many. */
export const findFiles = async ({ table, files, inbox, landingBucket }: Deps, now: number): Promise<number> => {
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
      }
    }
    next = page.next
  } while (next !== undefined)
  return forgotten
}
