import type { Inbox } from '#domain/ports/inbox'
import type { Machine } from '#domain/ports/machines'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Attempt } from '#domain/schedule/items/attempt'
import { runPrefix } from '#domain/schedule/run-prefix'
import { openAttempts } from '#functions/sweep/open-attempts'
import { type Telling, tell } from '#functions/sweep/tell'

type Deps = Telling & {
  table: Pick<ScheduleTable, 'page' | 'items'>
  results: Pick<Results, 'readJson'>
  inbox: Inbox
}

/** DescribeInstances lags RunInstances: for so long, milliseconds, "not found" is not "gone" (lessons 7). */
const GRACE_MS = 120_000

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

/**
 * Open attempts whose machine is dead, or whose result lies in S3 unheard: EC2's events are best effort,
 * S3's may be lost in a queue. `machines` must have been listed before the attempts are read. Returns how many of each.
 */
export const findAttempts = async (
  machines: readonly Machine[],
  deps: Deps,
  now: number,
): Promise<{ dead: number; results: number }> => {
  const { table, results, inbox } = deps
  const found = { dead: 0, results: 0 }
  for await (const attempt of openAttempts(table)) {
    const { job, instanceId, openedAt, request } = attempt
    const facts = { job, attempt: attempt.attempt, instanceId }
    if (instanceId === undefined) continue
    const state = deathOf(attempt, machines, now)
    const key = `${runPrefix(request.roleId, instanceId)}result.json`
    if (state !== undefined) {
      found.dead += 1
      tell(deps, 'deadMachines', { ...facts, state })
      await inbox.send('facts', JSON.stringify({ kind: 'instance', instanceId, state, swept: true, at: now }))
    } else if (now - openedAt > GRACE_MS && (await results.readJson(key)) !== undefined) {
      found.results += 1
      tell(deps, 'unheardResults', facts)
      await inbox.send('facts', JSON.stringify({ kind: 'result', key, swept: true, at: now }))
    }
  }
  return found
}
