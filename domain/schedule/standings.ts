import { type Books, type Deciding, entries, get, isolated, openBooks, readAhead } from '#domain/schedule/books'
import { LaneRef } from '#domain/schedule/items/lane-ref'
import type { Scope } from '#domain/schedule/items/scope'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { typeOf, viewLane } from '#domain/schedule/lanes'

/** Files that have not started and wait for the same thing. `since`: when the first of them arrived, epoch milliseconds. */
export type Standing = { because: string; jobs: number; since: number; gated: boolean }

/** One page of standings; `next`: where to go on. */
export type Standings = { standings: Standing[]; next?: string }

/** Lanes, or held files, of one page: their scopes, or jobs, are one BatchGetItem, which takes 100. */
const PAGE = 100

/** A gate's reason names a file type; without it the words are a closed list. */
const gateReason = /^.+-(file-(?:missing|unfinished|failed|rejected))$/

function* standingOf(books: Books, { scope: id, type }: LaneRef, scope: Scope): Deciding<Standing | undefined> {
  const { unfinished, running, lastArrival } = typeOf(scope, type)
  const jobs = unfinished - running
  if (jobs <= 0) return undefined
  const view = yield* viewLane(books, id, scope, type)
  // An unordered lane has no entry for a file that is still being validated.
  if (!view) return { because: 'validating', jobs, since: lastArrival ?? books.now, gated: false }
  const { head, readiness } = view
  const because = readiness.ready ? 'pool-full' : readiness.because
  const [, gate] = gateReason.exec(because) ?? []
  return { because: gate ?? because, jobs, since: head.registeredAt, gated: gate !== undefined }
}

/**
 * How lanes stand, after lane `after`. A lane in which nothing waits is read no further than its scope; one that cannot be
 * evaluated says `internal-error`. Per lane at most: its scope, its head, its payer's rows and its pool's row.
 */
export function* laneStandings(now: number, after?: string): Deciding<Standings> {
  const books = openBooks(now, 0)
  const lanes = yield* entries(books, keys.LANES, '', LaneRef, PAGE, after)
  yield* readAhead(
    books,
    lanes.map(({ value }) => keys.scope(value.scope)),
  )
  const standings: Standing[] = []
  for (const { value } of lanes) {
    const done = yield* isolated(
      books,
      value.scope,
      (function* (): Deciding<void> {
        const scope = yield* get(books, kinds.scope, value.scope)
        const standing = scope && (yield* standingOf(books, value, scope))
        if (standing) standings.push(standing)
      })(),
    )
    if (!done) standings.push({ because: 'internal-error', jobs: 1, since: now, gated: false })
  }
  const last = lanes.at(-1)
  return { standings, ...(last && lanes.length === PAGE ? { next: last.sk } : {}) }
}

/** Files that are held without an execution, after `after`. */
export function* heldStandings(now: number, after?: string): Deciding<Standings> {
  const books = openBooks(now, 0)
  const held = yield* entries(books, keys.HELD_FILES, '', kinds.heldFile.schema, PAGE, after)
  yield* readAhead(
    books,
    held.map(({ value }) => keys.job(value.job)),
  )
  const standings: Standing[] = []
  for (const { value } of held) {
    const job = yield* get(books, kinds.job, value.job)
    if (job?.status === 'registered')
      standings.push({ because: job.because ?? job.status, jobs: 1, since: job.registeredAt, gated: false })
  }
  const last = held.at(-1)
  return { standings, ...(last && held.length === PAGE ? { next: last.sk } : {}) }
}
