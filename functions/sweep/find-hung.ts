import type { Inbox } from '#domain/ports/inbox'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Progress, progressSeconds, troubleOf } from '#domain/progress'
import type { Attempt } from '#domain/schedule/items/attempt'
import { runPrefix } from '#domain/schedule/run-prefix'
import { keepProgress, progressKey } from '#functions/keep-progress'
import { openAttempts } from '#functions/sweep/open-attempts'
import { type Telling, tell } from '#functions/sweep/tell'

type Deps = Telling & {
  table: Pick<ScheduleTable, 'page' | 'items' | 'write'>
  results: Pick<Results, 'readJson'>
  inbox: Inbox
}

/** Of attempts that were opened before rows had `hangMinutes`; those from before `bootMinutes` have no boot deadline. */
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
  return found === 'unreadable' ? (mine ?? found) : found
}

/** What is wrong with a machine that has run for so long, milliseconds; undefined: nothing that can be said yet. */
const stateOf = (
  heard: Progress | 'unreadable' | undefined,
  { bootMinutes, hangMinutes }: { bootMinutes: number; hangMinutes: number },
  now: number,
  ranMs: number,
): string | undefined => {
  // The script's first act is to write its progress.
  if (heard === undefined) return ranMs < bootMinutes * 60_000 ? undefined : 'boot-timeout'
  return heard === 'unreadable' || ranMs < hangMinutes * 60_000 ? undefined : troubleOf(heard, hangMinutes, now)
}

/**
 * Machines that EC2 calls alive, but that gave no sign of life until their boot deadline, whose processor does nothing more,
 * or that say nothing more. Every minute, for it asks EC2 nothing: with reports every two a hang of `hangMinutes` is noticed
 * three minutes later at most, a machine that never came up one. Returns how many of each.
 */
export const findHung = async (deps: Deps, now: number): Promise<{ hung: number; neverBooted: number }> => {
  const found = { hung: 0, neverBooted: 0 }
  for await (const attempt of openAttempts(deps.table)) {
    const { job, instanceId, launchedAt, request } = attempt
    const { hangMinutes = HANG_MINUTES, bootMinutes = Number.POSITIVE_INFINITY } = request
    if (instanceId === undefined || launchedAt === undefined) continue
    if (now - launchedAt < Math.min(bootMinutes, hangMinutes) * 60_000) continue
    const heard = await heardFrom(attempt, instanceId, deps, now)
    const state = stateOf(heard, { bootMinutes, hangMinutes }, now, now - launchedAt)
    if (state === undefined) continue
    const neverBooted = state === 'boot-timeout'
    found[neverBooted ? 'neverBooted' : 'hung'] += 1
    tell(deps, neverBooted ? 'bootTimeouts' : 'hung', { job, attempt: attempt.attempt, instanceId, state })
    await deps.inbox.send('facts', JSON.stringify({ kind: 'instance', instanceId, state, swept: true, at: now }))
  }
  return found
}
