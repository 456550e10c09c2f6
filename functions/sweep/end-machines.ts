import * as z from 'zod'
import type { Machine, Machines } from '#domain/ports/machines'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Attempt } from '#domain/schedule/items/attempt'
import * as keys from '#domain/schedule/keys'
import { type Telling, tell } from '#functions/sweep/tell'

type Deps = Telling & { table: Pick<ScheduleTable, 'items' | 'write'>; machines: Pick<Machines, 'terminate'> }

const alive = new Set(['pending', 'running', 'stopping', 'stopped'])
const Tags = z.object({ job: z.string(), round: z.coerce.number(), attempt: z.coerce.number() })

/** A machine is looked at no sooner after its launch, and ended no sooner after the first look, milliseconds. */
const GRACE_MS = 120_000
const SECOND_LOOK_MS = 60_000
/** How long a suspicion is kept, seconds. */
const KEPT_SECONDS = 24 * 3600

/** Does an open attempt own the machine? One that has not recorded a machine yet may: `launch` will say. */
const owned = async ({ instanceId, tags }: Machine, table: Deps['table']): Promise<boolean> => {
  const named = Tags.safeParse(tags)
  if (!named.success) return false
  const { job, round, attempt } = named.data
  const [item] = await table.items([keys.attempt(job, round, attempt)])
  const found = Attempt.safeParse(item?.value)
  if (!found.success || found.data.state !== 'open') return false
  return found.data.instanceId === undefined || found.data.instanceId === instanceId
}

/** Suspected before, and long enough ago? The first look only writes the suspicion down. */
const suspectedBefore = async (instanceId: string, table: Deps['table'], now: number): Promise<boolean> => {
  const key = { pk: 'SWEEP#main', sk: `SUSPECT#${instanceId}` }
  const [item] = await table.items([key])
  const seen = z.object({ at: z.number() }).safeParse(item?.value)
  if (seen.success) return now - seen.data.at >= SECOND_LOOK_MS
  await table.write(key, { at: now, expiresAt: Math.floor(now / 1000) + KEPT_SECONDS })
  return false
}

const overdue = ({ tags }: Machine, now: number): boolean => Date.parse(tags['TerminateAfter'] ?? '') <= now

/** What its tags say of a machine; nobody's machine may say nothing. */
const factsOf = ({ instanceId, state, tags }: Machine) => ({
  ...{ instanceId, state },
  ...{ job: tags['job'], attempt: tags['attempt'], leaseUntil: tags['TerminateAfter'] },
})

/** Ends machines past their lease, whatever anybody thinks of them: it asks EC2 alone. Returns how many. */
export const endOverdue = async (
  machines: readonly Machine[],
  deps: Pick<Deps, 'machines' | 'log'>,
  now: number,
): Promise<number> => {
  const late = machines.filter((machine) => alive.has(machine.state) && overdue(machine, now))
  for (const machine of late) {
    tell(deps, 'overdue', factsOf(machine))
    await deps.machines.terminate(machine.instanceId)
  }
  return late.length
}

/** Ends machines within their lease that no open attempt owns, at the second look. Returns how many. */
export const endOrphans = async (machines: readonly Machine[], deps: Deps, now: number): Promise<number> => {
  let ended = 0
  for (const machine of machines) {
    if (!alive.has(machine.state) || overdue(machine, now) || now - machine.launchedAt <= GRACE_MS) continue
    if ((await owned(machine, deps.table)) || !(await suspectedBefore(machine.instanceId, deps.table, now))) continue
    tell(deps, 'orphans', factsOf(machine))
    await deps.machines.terminate(machine.instanceId)
    ended += 1
  }
  return ended
}
