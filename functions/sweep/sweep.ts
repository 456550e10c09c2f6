import { z } from 'zod'
import type { Inbox } from '#domain/ports/inbox'
import type { Machine, Machines } from '#domain/ports/machines'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import type { Log } from '#functions/log'

export type Deps = {
  table: Pick<ScheduleTable, 'items' | 'page'>
  machines: Pick<Machines, 'list' | 'terminate'>
  inbox: Inbox
  now: () => number
  log: Log
}

const Due = z.object({ scope: z.string() })
const Open = z.object({ job: z.string(), round: z.int(), attempt: z.int() })

/** DescribeInstances lags RunInstances: for so long, milliseconds, "not found" is not "gone" (lessons 7). */
const GRACE_MS = 120_000
const PAGE = 100

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

const announceDue = async ({ table, inbox, now }: Deps): Promise<number> => {
  const { items } = await table.page({ pk: keys.DUE, prefix: '', limit: PAGE })
  const due = items.filter(({ sk }) => Number(sk.split('#')[0]) <= now())
  // Behind all files that were announced before: the end of a grace period must find them registered.
  for (const { sk, value } of due)
    await inbox.send('landed', JSON.stringify({ kind: 'due', sk, scope: Due.parse(value).scope }))
  return due.length
}

const gone = (attempt: Attempt, machines: Machine[], now: number): boolean => {
  if (attempt.instanceId === undefined) return false
  const machine = machines.find(({ instanceId }) => instanceId === attempt.instanceId)
  if (machine) return machine.state === 'terminated' || machine.state === 'stopped'
  return now - attempt.openedAt > GRACE_MS
}

/** Open attempts whose machines are dead, which nobody announced (EC2's events are best effort). */
const announceDead = async (machines: Machine[], { table, inbox, now }: Deps): Promise<number> => {
  const { items } = await table.page({ pk: keys.OPEN, prefix: '', limit: PAGE })
  const refs = items.map(({ value }) => Open.parse(value))
  const attempts =
    refs.length === 0
      ? []
      : await table.items(refs.map(({ job, round, attempt }) => keys.attempt.key(job, round, attempt)))
  const dead = attempts
    .flatMap((item) => (item ? [Attempt.parse(item.value)] : []))
    .filter((attempt) => gone(attempt, machines, now()))
  for (const { instanceId, round, attempt } of dead)
    await inbox.send(
      'facts',
      JSON.stringify({ kind: 'instance', instanceId, state: 'terminated', round, attempt, at: now() }),
    )
  return dead.length
}

const alive = new Set(['pending', 'running', 'stopping', 'stopped'])

/** Instances past their lease are ended, whatever anybody thinks of them. */
const endOverdue = async (found: Machine[], { machines, now }: Deps): Promise<number> => {
  const overdue = found.filter(
    ({ state, tags }) => alive.has(state) && Date.parse(tags['TerminateAfter'] ?? '') <= now(),
  )
  for (const { instanceId } of overdue) await machines.terminate(instanceId)
  return overdue.length
}

/**
 * What time itself must bring back, and what nobody announced. EC2 is listed before our own table, so that a machine
 * launched in between is never taken for dead. A healthy system gives it nothing to find.
 */
export const sweep = async (deps: Deps): Promise<void> => {
  const machines = await allMachines(deps)
  const found = {
    due: await announceDue(deps),
    dead: await announceDead(machines, deps),
    overdue: await endOverdue(machines, deps),
  }
  await deps.inbox.send('facts', JSON.stringify({ kind: 'tick', at: deps.now() }))
  deps.log.info('swept', { machines: machines.length, ...found })
}
