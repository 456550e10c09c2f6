import type { Deciding } from '#domain/schedule/books'
import { heldStandings, laneStandings, type Standing, type Standings } from '#domain/schedule/standings'
import type { Measure } from '#functions/metrics'
import { type Sources, think } from '#functions/think'

/** Pages of 50 lanes, and of 50 held files, that one look reads: beyond 5,000 of either the numbers say "at least". */
const MAX_PAGES = 100

const allOf = async (pageAfter: (after?: string) => Deciding<Standings>, sources: Sources): Promise<Standing[]> => {
  const found: Standing[] = []
  let next: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const part = await think(pageAfter(next), sources)
    found.push(...part.standings)
    next = part.next
    if (next === undefined) break
  }
  return found
}

/**
 * How much waits, for what, and how long already: a file that waits says nothing by itself. Nothing waits, nothing is
 * measured, so that an idle system owns no metric.
 */
export const takeStock = async (sources: Sources, now: number): Promise<Measure[]> => {
  const lanes = await allOf((after) => laneStandings(now, after), sources)
  const held = await allOf((after) => heldStandings(now, after), sources)
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
