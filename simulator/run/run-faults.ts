import { type Crew, runSeeds, startCrew } from './crew.ts'
import type { Verdict } from './judge.ts'
import { commandOf, shrink } from './shrink.ts'

/** Failing seeds that are shrunk and told; of the others only the number is given. */
const TOLD = 3
const LAST_LINES = 60

const tellStory = async (crew: Crew, verdict: Verdict): Promise<void> => {
  const task = await shrink(crew, verdict)
  const { story, violations } = await crew.judge(0, { ...task, tracing: true })
  console.log(`\nseed ${verdict.seed}, as small as it would get (${story.length} lines, the last ${LAST_LINES}):`)
  for (const line of story.slice(-LAST_LINES)) console.log(line.length > 300 ? `${line.slice(0, 300)}…` : line)
  for (const { check, what } of violations) console.log(`${check}: ${what}`)
  console.log(`again: ${commandOf(task)}`)
}

/** Lives the worlds of so many seeds; 0 when every rule held in all of them, else 1. */
export const runFaults = async ({
  seeds,
  from,
  json,
}: {
  seeds: number
  from: number
  json: boolean
}): Promise<number> => {
  const crew = await startCrew()
  const began = performance.now()
  const sums = { worlds: 0, events: 0, minutes: 0 }
  const ends: Record<string, number> = {}
  const failing: Verdict[] = []
  let said = began
  await runSeeds(crew, { from, seeds }, (verdict) => {
    sums.worlds += 1
    sums.events += verdict.events
    sums.minutes += verdict.minutes
    for (const [status, count] of Object.entries(verdict.ends)) ends[status] = (ends[status] ?? 0) + count
    if (verdict.violations.length > 0) failing.push(verdict)
    if (performance.now() - said < 5000) return
    said = performance.now()
    console.error(`${sums.worlds} of ${seeds} worlds, ${failing.length} failing`)
  })
  const seconds = Math.round((performance.now() - began) / 100) / 10
  failing.sort((a, b) => a.seed - b.seed)
  const violations = failing.flatMap(({ seed, violations: found }) => found.map((each) => ({ seed, ...each })))
  if (json) console.log(JSON.stringify({ from, seeds, seconds, ...sums, ends, failing: failing.length, violations }))
  else {
    const files = Object.entries(ends).map(([status, count]) => `${count} ${status}`)
    console.log(`${sums.worlds} worlds from seed ${from}: ${violations.length} violations in ${failing.length} of them`)
    console.log(`${seconds} s for ${Math.round(sums.minutes / 60)} h of virtual time, ${sums.events} events`)
    console.log(`files: ${files.join(', ')}`)
    for (const verdict of failing.slice(0, TOLD)) await tellStory(crew, verdict)
    if (failing.length > TOLD)
      console.log(
        `\nalso failing: ${failing
          .slice(TOLD)
          .map(({ seed }) => seed)
          .join(' ')}`,
      )
  }
  await crew.end()
  return failing.length > 0 ? 1 : 0
}
