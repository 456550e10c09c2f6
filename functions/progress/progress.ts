import * as z from 'zod'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Instance } from '#domain/schedule/items/instance'
import * as keys from '#domain/schedule/keys'
import { instanceOfKey } from '#domain/schedule/run-prefix'
import { keepProgress, progressKey } from '#functions/keep-progress'
import type { Log } from '#functions/log'

/** The event of a `progress.json` in the results bucket. */
export const Input = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) })

export type Deps = {
  table: Pick<ScheduleTable, 'items' | 'write'>
  results: Pick<Results, 'readJson'>
  now: () => number
  log: Log
}

/** Keeps the latest progress of a job beside it. Identity comes from the key (the instance), never from the body. */
export const progress = async ({ detail }: z.infer<typeof Input>, deps: Deps): Promise<void> => {
  const { key } = detail.object
  const from = instanceOfKey(key)
  if (!from) return
  const { instanceId } = from
  const [item] = await deps.table.items([keys.instance(instanceId)])
  const { job, round, attempt } = Instance.safeParse(item?.value).data ?? {}
  // The first sign of life may overtake the record of the instance; the next one comes in two minutes, `sweep` before.
  if (job === undefined || round === undefined || attempt === undefined) {
    deps.log.warn('progress of an instance that nobody has recorded was passed over', { instanceId })
    return
  }
  deps.log.about({ job, round, attempt })
  const [before] = await deps.table.items([progressKey(job)])
  const kept = await keepProgress(key, { job, round, attempt, instanceId }, before?.value, deps, deps.now())
  if (kept === 'unreadable') deps.log.warn('progress that is none was passed over', { instanceId })
}
