import type { Deciding } from '#domain/schedule/books'
import { heldStandings, laneStandings, type Standing, type Standings } from '#domain/schedule/standings'
import type { Measure } from '#functions/metrics'
import { type Sources, think } from '#functions/think'

/** Where the look before stopped, kept by the process: `sweep` runs every minute, so that it lives for hours. */
export type Stopped = { lanes?: string | undefined; held?: string | undefined }

/**
 * One look reads so many pages, each 100 lanes or held files. A lane in which nothing waits costs 1/100 of two requests,
 * another two of its own (the rows, the head), some 10 ms: 10,000 lanes take 2 s, 5,000 in which files wait would take
 * most of the minute that the function has. The look after goes on where this one stopped; until it has come round the
 * numbers say "at least".
 */
const MAX_PAGES = 100
const MAX_MS = 15_000

type Looking = Sources & { now: () => number; stock: Stopped }

const allOf = async (
  what: keyof Stopped,
  pageAfter: (after?: string) => Deciding<Standings>,
  sources: Looking,
): Promise<Standing[]> => {
  const found: Standing[] = []
  const began = sources.now()
  let next = sources.stock[what]
  for (let page = 0; page < MAX_PAGES && sources.now() - began < MAX_MS; page += 1) {
    const part = await think(pageAfter(next), sources)
    found.push(...part.standings)
    next = part.next
    if (next === undefined) break
  }
  sources.stock[what] = next
  return found
}

/**
 * How much waits, for what, and how long already: a file that waits says nothing by itself. Nothing waits, nothing is
 * measured, so that an idle system owns no metric.
 */
export const takeStock = async (sources: Looking, now: number): Promise<Measure[]> => {
  const lanes = await allOf('lanes', (after) => laneStandings(now, after), sources)
  const held = await allOf('held', (after) => heldStandings(now, after), sources)
  const age = (standings: readonly Standing[]): number =>
    (now - Math.min(...standings.map(({ since }) => since))) / 1000
  const all = [...lanes, ...held]
  const measures: Measure[] = []
  for (const by of new Set(all.map(({ because }) => because))) {
    const standings = all.filter(({ because }) => because === by)
    const jobs = standings.reduce((sum, standing) => sum + standing.jobs, 0)
    measures.push({ metric: 'Waiting', value: jobs, by }, { metric: 'OldestWaitingSeconds', value: age(standings), by })
  }
  const gated = lanes.filter((lane) => lane.gated)
  if (gated.length > 0) measures.push({ metric: 'GateHeldSeconds', value: age(gated) })
  return measures
}
