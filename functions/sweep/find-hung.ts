import type { Inbox } from '#domain/ports/inbox'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Progress, progressSeconds, troubleOf } from '#domain/progress'
import type { Attempt } from '#domain/schedule/items'
import { runPrefix } from '#domain/schedule/run-result'
import { keepProgress, progressKey } from '#functions/keep-progress'
import { openAttempts } from '#functions/sweep/open-attempts'

type Deps = {
  table: Pick<ScheduleTable, 'page' | 'items' | 'write'>
  results: Pick<Results, 'readJson'>
  inbox: Inbox
}

/** Of attempts that were opened before rows had `hangMinutes`. */
const HANG_MINUTES = 6

/** The latest that a machine said; when no event told of it in time, S3 is asked. */
const heardFrom = async (attempt: Attempt, instanceId: string, deps: Deps, now: number) => {
  const { job, round, request } = attempt
  const [item] = await deps.table.items([progressKey(job)])
  const kept = Progress.safeParse(item?.value).data
  const mine = kept?.instanceId === instanceId ? kept : undefined
  const overdue = 1500 * progressSeconds(request.hangMinutes ?? HANG_MINUTES)
  if (mine !== undefined && now - mine.spokeAt < overdue) return mine
  const key = `${runPrefix(request.roleId, instanceId)}progress.json`
  const from = { job, round, attempt: attempt.attempt, instanceId }
  const found = await keepProgress(key, from, mine, deps, now)
  return found === 'unreadable' ? mine : found
}

/**
 * Machines that EC2 calls alive, but whose processor does nothing more, or that say nothing more. Who never gave a sign of
 * life is the boot deadline's. Every minute, so that with reports every two a hang of `hangMinutes` is noticed three
 * minutes later at most. Returns how many.
 */
export const findHung = async (deps: Deps, now: number): Promise<number> => {
  let found = 0
  for await (const attempt of openAttempts(deps.table)) {
    const { instanceId, launchedAt, request } = attempt
    const hangMinutes = request.hangMinutes ?? HANG_MINUTES
    if (instanceId === undefined || launchedAt === undefined || now - launchedAt < hangMinutes * 60_000) continue
    const heard = await heardFrom(attempt, instanceId, deps, now)
    const state = heard && troubleOf(heard, hangMinutes, now)
    if (state === undefined) continue
    found += 1
    await deps.inbox.send('facts', JSON.stringify({ kind: 'instance', instanceId, state, swept: true, at: now }))
  }
  return found
}
