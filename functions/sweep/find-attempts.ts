import { z } from 'zod'
import type { Inbox } from '#domain/ports/inbox'
import type { Machine } from '#domain/ports/machines'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import { runPrefix } from '#domain/schedule/run-result'

type Deps = { table: Pick<ScheduleTable, 'page' | 'items'>; results: Pick<Results, 'readJson'>; inbox: Inbox }

const Open = z.object({ job: z.string(), round: z.int(), attempt: z.int() })

/** DescribeInstances lags RunInstances: for so long, milliseconds, "not found" is not "gone" (lessons 7). */
const GRACE_MS = 120_000
/** A BatchGetItem takes 100 keys. */
const PAGE = 100

/** What EC2 says of an attempt's machine when it is over; `missing` when EC2 does not know it, long after it was recorded. */
const deathOf = (
  { instanceId, launchedAt, openedAt }: Attempt,
  machines: readonly Machine[],
  now: number,
): string | undefined => {
  const machine = machines.find((found) => found.instanceId === instanceId)
  if (machine) return machine.state === 'terminated' || machine.state === 'stopped' ? machine.state : undefined
  return now - (launchedAt ?? openedAt) > GRACE_MS ? 'missing' : undefined
}

/** Open attempts, page by page. */
async function* openAttempts(table: Deps['table']): AsyncGenerator<Attempt> {
  let after: string | undefined
  for (;;) {
    const page = await table.page({ pk: keys.OPEN, prefix: '', limit: PAGE, ...(after === undefined ? {} : { after }) })
    const wanted = page.items.map(({ value }) => {
      const { job, round, attempt } = Open.parse(value)
      return keys.attempt.key(job, round, attempt)
    })
    for (const item of wanted.length === 0 ? [] : await table.items(wanted)) if (item) yield Attempt.parse(item.value)
    if (page.complete) return
    after = page.items.at(-1)?.sk
  }
}

/**
 * Open attempts whose machine is dead, or whose result lies in S3 unheard: EC2's events are best effort, S3's may be lost
 * in a queue. `machines` must have been listed before the attempts are read. Returns how many of each.
 */
export const findAttempts = async (
  machines: readonly Machine[],
  { table, results, inbox }: Deps,
  now: number,
): Promise<{ dead: number; results: number }> => {
  const found = { dead: 0, results: 0 }
  for await (const attempt of openAttempts(table)) {
    const { instanceId, openedAt, request } = attempt
    if (instanceId === undefined) continue
    const state = deathOf(attempt, machines, now)
    const key = `${runPrefix(request.roleId, instanceId)}result.json`
    if (state !== undefined) {
      found.dead += 1
      await inbox.send('facts', JSON.stringify({ kind: 'instance', instanceId, state, at: now }))
    } else if (now - openedAt > GRACE_MS && (await results.readJson(key)) !== undefined) {
      found.results += 1
      await inbox.send('facts', JSON.stringify({ kind: 'result', key, at: now }))
    }
  }
  return found
}
