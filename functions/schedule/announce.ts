import { isAtLeast, type PayerFileDone, payerFileDone, pointerKey } from '#domain/payer-file-done'
import type { Announcements } from '#domain/ports/announcements'
import type { Pointers } from '#domain/ports/pointers'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'

export type Announcing = {
  table: Pick<ScheduleTable, 'items'>
  pointers: Pointers
  announcements: Announcements
  resultsBucket: string
}

/** Calls may be carried out late and in any order, so a pointer is moved only from an older version of its key to a newer one. */
const point = async (done: PayerFileDone, pointers: Pointers): Promise<void> => {
  const key = pointerKey(done)
  let tag: string | undefined
  while (!(await pointers.write(key, done, tag))) {
    const standing = await pointers.read(key)
    if (standing && isAtLeast(standing.value, done)) return
    tag = standing?.tag
  }
}

/**
 * Says where the output of a file is: the pointer first, so that whoever hears the event finds it. Doing it again writes
 * nothing new and publishes the same event again.
 */
export const announce = async (job: string, deps: Announcing): Promise<void> => {
  const [item] = await deps.table.items([keys.job(job)])
  const done = payerFileDone(Job.parse(item?.value), deps.resultsBucket)
  if (!done) return
  await point(done, deps.pointers)
  await deps.announcements.publish(done)
}
