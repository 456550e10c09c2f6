import * as z from 'zod'
import type { Executions } from '#domain/ports/executions'
import type { Files } from '#domain/ports/files'
import type { Inbox } from '#domain/ports/inbox'
import type { Machine, Machines } from '#domain/ports/machines'
import type { Results } from '#domain/ports/results'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Log } from '#functions/log'
import type { Measure } from '#functions/metrics'
import { endOrphans, endOverdue } from '#functions/sweep/end-machines'
import { findAttempts } from '#functions/sweep/find-attempts'
import { findDue } from '#functions/sweep/find-due'
import { findExecutions } from '#functions/sweep/find-executions'
import { findFiles } from '#functions/sweep/find-files'
import { findHung } from '#functions/sweep/find-hung'
import { type Stopped, takeStock } from '#functions/sweep/take-stock'
import type { Finding } from '#functions/sweep/tell'
import type { Sources } from '#functions/think'

export type Deps = {
  table: Pick<ScheduleTable, 'items' | 'page' | 'count' | 'write'>
  tables: Sources['tables']
  machines: Pick<Machines, 'list' | 'terminate' | 'find'>
  executions: Pick<Executions, 'ended'>
  files: Pick<Files, 'list'>
  results: Pick<Results, 'readJson'>
  inbox: Inbox
  landingBucket: string
  stock: Stopped
  now: () => number
  log: Log
}

/** From the schedule, of no account; or from a person who does not want to wait: `{"look": "all"}`. */
export const Input = z.object({ look: z.literal('all').optional() })
export type Input = z.infer<typeof Input>

const MINUTE_MS = 60_000
/** Due times, boot deadlines and hangs are looked for every minute, the rest every fifth, sums hourly (at :20), forgotten files daily (at 03:05 UTC). */
const FIFTH = 5
const HOUR_MINUTES = 60
const HOURLY_AT = 20
const DAY_MINUTES = 24 * 60
const DAILY_AT = 3 * 60 + 5

const allMachines = async ({ machines }: Deps): Promise<Machine[]> => {
  const found: Machine[] = []
  let next: string | undefined
  do {
    const page = await machines.list(next)
    found.push(...page.machines)
    next = page.next
  } while (next !== undefined)
  return found
}

/** Every finding is a metric; what was not found is not one. */
const measuresOf = (findings: { [finding in Finding]?: number }): Measure[] =>
  Object.entries(findings).flatMap(([by, value = 0]) => (value > 0 ? [{ metric: 'Swept', value, by }] : []))

/**
 * What time itself must bring back, and what nobody announced. Leases come first, and ask EC2 alone: they hold while our
 * own table is out of reach. EC2 is listed before that table is read, so that a machine launched in between is never taken
 * for dead. A healthy system gives it nothing to find but due times.
 */
export const sweep = async (deps: Deps, { look }: Input = {}): Promise<void> => {
  const now = deps.now()
  const minute = Math.floor(now / MINUTE_MS)
  const everything = look === 'all' || minute % FIFTH === 0
  const machines = everything ? await allMachines(deps) : []
  const overdue = await endOverdue(machines, deps, now)
  const due = await findDue(deps, now)
  const { hung, neverBooted: bootTimeouts } = await findHung(deps, now)
  const daily = minute % DAY_MINUTES === DAILY_AT ? { forgottenFiles: await findFiles(deps, now) } : {}
  if (!everything) {
    if (due + hung + bootTimeouts > 0) deps.log.info('swept', { due, hung, bootTimeouts, ...daily })
    deps.log.measure(measuresOf({ hung, bootTimeouts, ...daily }))
    return
  }
  const attempts = await findAttempts(machines, deps, now)
  const orphans = await endOrphans(machines, deps, now)
  const unheard = await findExecutions(deps, now)
  await deps.inbox.send('facts', JSON.stringify({ kind: 'tick', at: now }))
  if (minute % HOUR_MINUTES === HOURLY_AT) await deps.inbox.send('facts', JSON.stringify({ kind: 'audit', at: now }))
  const findings: { [finding in Finding]?: number } = {
    ...{ hung, bootTimeouts },
    deadMachines: attempts.dead,
    unheardResults: attempts.results,
    overdue,
    orphans,
    unheardExecutions: unheard,
    ...daily,
  }
  deps.log.info('swept', { due, machines: machines.length, ...findings })
  deps.log.measure(measuresOf(findings))
  deps.log.measure(await takeStock(deps, now))
}
