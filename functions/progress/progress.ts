import { z } from 'zod'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Instance } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import { instanceOfKey } from '#domain/schedule/run-result'
import type { Log } from '#functions/log'

/** The event of a `progress.json` in the results bucket. */
export const Input = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) })

/** `progress.json`, written by the startup script every two minutes. Bytes and CPU seconds of the processor's process tree. */
export const Progress = z.object({
  at: z.string(),
  percent: z.number().nullable(),
  cpuSeconds: z.number(),
  memoryBytes: z.number(),
})

export type Deps = { table: Pick<ScheduleTable, 'items' | 'write'>; results: Pick<Results, 'readJson'>; log: Log }

/** Keeps the latest progress of a job beside it. Identity comes from the key (the instance), never from the body. */
export const progress = async ({ detail }: z.infer<typeof Input>, { table, results, log }: Deps): Promise<void> => {
  const from = instanceOfKey(detail.object.key)
  if (!from) return
  const [item] = await table.items([keys.instance.key(from.instanceId)])
  const instance = Instance.safeParse(item?.value)
  const written = Progress.safeParse(await results.readJson(detail.object.key))
  if (!instance.success || instance.data.job === undefined || !written.success) {
    log.warn('progress that cannot be placed was passed over', { instanceId: from.instanceId })
    return
  }
  const { job, round, attempt } = instance.data
  await table.write(
    { pk: `JOB#${job}`, sk: 'PROGRESS' },
    { round, attempt, instanceId: from.instanceId, ...written.data },
  )
}
