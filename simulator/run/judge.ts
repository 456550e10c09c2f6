import { hashOf } from '../random.ts'
import type { Violation } from '../world/journal.ts'
import type { Odds } from '../world/odds.ts'
import { type Plan, planOf } from '../world/plan.ts'
import { live } from './live.ts'
import { withAndWithoutRepeats } from './orderly.ts'

/** One world to run: a seed, and what of its plan is left (by number of the act, by name of the fault). */
export type Task = {
  seed: number
  keep?: readonly number[]
  without?: readonly string[]
  tracing?: boolean
  journaling?: boolean
}
export type Verdict = {
  seed: number
  violations: Violation[]
  acts: number
  events: number
  /** Minutes of virtual time. */
  minutes: number
  ends: Record<string, number>
  story: string[]
  storyHash: number
  /** With `journaling`: what each decision rested on, as JSON, in their order. */
  journal: string[]
}

/** Worlds run a second time to see what repeated messages change: every tenth. */
const REPEATED = 10

const cut = (plan: Plan, { keep, without = [] }: Task): Plan => {
  const odds = Object.fromEntries(
    Object.entries(plan.odds).map(([name, odds]) => [name, without.includes(name) ? 0 : odds]),
  )
  return {
    ...plan,
    acts: keep ? plan.acts.filter((_, n) => keep.includes(n)) : plan.acts,
    odds: { ...plan.odds, ...(odds as Partial<Odds>) },
  }
}

/** Lives one world and says what was wrong with it. The same task always gives the same verdict. */
export const judge = async (task: Task): Promise<Verdict> => {
  const { seed, tracing = false, journaling = false } = task
  const plan = cut(planOf(seed), task)
  const journal: string[] = []
  const onlooker = journaling
    ? { decided: (transcript: unknown) => journal.push(JSON.stringify(transcript)) }
    : undefined
  const { world, story, events } = await live(plan, tracing, undefined, onlooker)
  const violations = [...world.journal.violations]
  if (seed % REPEATED === 0 && !task.keep && !task.without)
    for (const what of await withAndWithoutRepeats(plan)) violations.push({ check: 'I12', at: 0, what })
  const ends: Record<string, number> = {}
  for (const { status } of world.journal.jobs.values()) ends[status] = (ends[status] ?? 0) + 1
  const minutes = Math.round((world.clock.now() - world.start) / 60_000)
  const told = { story, storyHash: hashOf(story.join('\n')), journal }
  return { seed, violations, acts: plan.acts.length, events, minutes, ends, ...told }
}
