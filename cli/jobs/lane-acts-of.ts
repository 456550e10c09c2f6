import { type JobRow, ShownAct } from '#cli/jobs/job-row'
import { openBooks, readAhead } from '#domain/schedule/books'
import * as keys from '#domain/schedule/keys'
import { laneActs } from '#domain/schedule/lane-acts'
import { type Sources, think } from '#functions/think'

/** What owners asked for the lanes of these jobs, by job, newest last; a scope is read once. */
export type LaneActs = ReadonlyMap<string, readonly ShownAct[]>

const millis = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time))

/** @returns only jobs for whose lane something was asked while it mattered to them */
export const laneActsOf = async (sources: Sources, jobs: readonly JobRow[], now: number): Promise<LaneActs> => {
  const books = openBooks(now, 0)
  const scopes = [...new Set(jobs.flatMap(({ scope }) => scope ?? []))]
  await think(readAhead(books, scopes.map(keys.scope)), sources)
  const found = new Map<string, readonly ShownAct[]>()
  for (const { jobId, scope, fileType, registeredAt, startedAt, endedAt } of jobs) {
    const times = { registeredAt: Date.parse(registeredAt), startedAt: millis(startedAt), endedAt: millis(endedAt) }
    const acts = await think(laneActs(books, { scope, fileType, ...times }), sources)
    if (acts.length > 0)
      found.set(
        jobId,
        acts.map((act) => ShownAct.parse(act)),
      )
  }
  return found
}
