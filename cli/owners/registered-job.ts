import { setTimeout as pause } from 'node:timers/promises'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'

const PAUSE_MS = 300

type Until = {
  /** Epoch ms. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/** The job of a file that has landed, once it has one; undefined when the deadline passes first. @throws when stopped before */
export const registeredJob = async (
  table: Pick<ScheduleTable, 'items'>,
  id: string,
  { deadline, signal }: Until,
): Promise<Job | undefined> => {
  for (;;) {
    const [item] = await table.items([keys.job(id)])
    if (item) return kinds.job.schema.parse(item.value)
    signal?.throwIfAborted()
    if (Date.now() >= deadline) return undefined
    await pause(PAUSE_MS)
  }
}
