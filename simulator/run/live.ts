import { checks as all } from '../checks/all.ts'
import type { Check } from '../checks/check.ts'
import { under } from '../checks/referee.ts'
import type { Call } from '../world/invocation.ts'
import { act } from '../world/people.ts'
import type { Plan } from '../world/plan.ts'
import { watch } from '../world/watch.ts'
import { type World, worldOf } from '../world/world.ts'

const MINUTE = 60_000
/** A world that has not come to rest by then never will. */
const LONGEST = 10 * 60 * MINUTE
/** Ticks of the sweep that find nothing before the world counts as at rest. */
const IDLE_TICKS = 16

export type Lived = { world: World; story: string[]; events: number }

/** Who counts what happens in a world, without changing it. */
export type Onlooker = {
  call?(world: World, call: Call): void
  tell?(who: string, what: string): void
  decided?(transcript: unknown): void
}

/** Lets a world live until nothing happens any more, and judges it. */
export const live = async (
  plan: Plan,
  tracing = false,
  checks: readonly Check[] = all,
  onlooker?: Onlooker,
): Promise<Lived> => {
  const story: string[] = []
  const { onCall, atRest } = watch(checks)
  const tell = (at: number, who: string, what: string): void => {
    onlooker?.tell?.(who, what)
    if (tracing) story.push(`${(at / 1000).toFixed(3).padStart(9)}  ${who}: ${what}`)
  }
  const seen = (in_: World, call: Call): void => {
    onCall(in_, call)
    onlooker?.call?.(in_, call)
  }
  const world = worldOf(plan, tell, seen, onlooker?.decided)
  const { clock, start, lambda, functions, journal, state } = world
  let acts = plan.acts.length
  let idle = 0
  let rest = false

  const count = (): number => state.schedule.partitions.size + [...journal.jobs.values()].length
  const busy = (): boolean =>
    acts > 0 ||
    clock.now() < start + plan.faultsUntil ||
    clock.pending() > 0 ||
    under(world, 'CALL#main').length > 0 ||
    under(world, 'DUE#main').length > 0
  let before = 0
  const tick = (): void => {
    const now = count()
    idle = busy() || now !== before ? 0 : idle + 1
    before = now
    if (idle > IDLE_TICKS) {
      rest = true
      return
    }
    clock.after(MINUTE, tick, 'quiet')
    const odds = clock.now() < start + plan.faultsUntil ? plan.odds.noSweep : 0
    if (world.sweepMissed(odds)) return
    const began = clock.now()
    lambda.invoke({ fn: 'sweep', timeoutMs: MINUTE }, functions.sweep, (outcome) => {
      if ('result' in outcome && (began / MINUTE) % 5 < 1) journal.sweeps.push(began)
      if ('error' in outcome) world.tell('sweep', `failed: ${outcome.error} ${outcome.cause}`)
    })
  }

  for (const row of plan.pools) act(world, { at: 0, do: 'edit-pool', row, valid: true })
  for (const row of plan.rows) act(world, { at: 0, do: 'edit-row', row, valid: true })
  for (const each of plan.acts)
    clock.after(
      each.at + 1000,
      async () => {
        acts -= 1
        act(world, each)
      },
      'quiet',
    )
  clock.after(MINUTE, tick, 'quiet')
  let events = 0
  while (!rest && (await clock.step())) {
    events += 1
    if (clock.now() > start + LONGEST) {
      journal.violations.push({
        check: 'I9',
        at: LONGEST,
        what: `no rest after ${LONGEST / MINUTE} minutes; ${clock.pending()} events to come, ${under(world, 'CALL#main').length} calls, ${under(world, 'DUE#main').length} due times, ${acts} acts`,
      })
      break
    }
  }
  atRest(world)
  return { world, story, events }
}
