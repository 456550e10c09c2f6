import { type Books, type Deciding, entries, get } from '#domain/schedule/books'
import { BoardEntry } from '#domain/schedule/items/board-entry'
import type { Job } from '#domain/schedule/items/job'
import { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { Scope } from '#domain/schedule/items/scope'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
import { type LaneView, viewLane } from '#domain/schedule/lanes'
import { movedBy, ownerClears, type Reason } from '#domain/schedule/moves'
import type { Readiness } from '#domain/schedule/readiness'
import { poolRow } from '#domain/schedule/rows'
import { stillBlocks } from '#domain/schedule/still-blocks'

/** Why a job is not running, and who can change that. */
export type Explanation = {
  job: Job
  because: string
  sentence: string
  /** Epoch milliseconds. */
  since: number
  /** Jobs, file types or pools. */
  waitingFor: string[]
  wouldLetItGo: string
  lane?: { id: string; position: number; of: number }
  pool?: {
    pool: string
    position: number
    usedVcpus: number
    maxVcpus: number
    usedInstances: number
    maxInstances: number
  }
}

/** How many entries before it are counted; beyond, the position is "more than". */
const COUNTED = 1000

type Told = Pick<Explanation, 'sentence' | 'waitingFor' | 'pool'> & { because: Reason }

/** Ready lanes compete: this one stands on its pool's board, first or behind others. */
function* onBoard(books: Books, view: LaneView, sk: string): Deciding<Told> {
  const { pool } = view.policy
  const row = yield* poolRow(books, pool)
  const state = (yield* get(books, kinds.poolState, pool)) ?? { usedVcpus: 0, usedInstances: 0 }
  const board = yield* entries(books, `POOL#${pool}`, keys.BOARD, BoardEntry, COUNTED)
  const position = board.filter((entry) => entry.sk <= sk).length
  const [first] = board
  const standing = { pool, position, ...state, maxVcpus: row?.maxVcpus ?? 0, maxInstances: row?.maxInstances ?? 0 }
  const used = `${state.usedInstances} of ${standing.maxInstances} instances and ${state.usedVcpus} of ${standing.maxVcpus} vCPUs of pool ${pool} in use`
  return position <= 1
    ? {
        because: 'pool-full',
        sentence: `first in its pool, which is full: ${used}`,
        waitingFor: [pool],
        pool: standing,
      }
    : {
        because: 'lower-rank',
        sentence: `number ${position} in its pool: ${used}`,
        waitingFor: first ? [first.value.job] : [],
        pool: standing,
      }
}

/** Reasons that hold for a whole lane, and not only for the file at its head. */
const concernsHeadOnly = ({ because }: Extract<Readiness, { ready: false }>): boolean =>
  ['validating', 'running-ahead', 'no-capacity', 'grace-period'].includes(because)

function* inLane(books: Books, job: Job, scope: Scope, view: LaneView): Deciding<Told> {
  const { head, readiness } = view
  const isHead = head.job === job.job
  if (!readiness.ready && (isHead || !concernsHeadOnly(readiness))) return readiness
  if (!isHead) {
    const ahead = readiness.ready ? 'the first waits for its turn' : readiness.sentence
    return {
      because: 'behind-in-lane',
      sentence: `not the first in its lane: ${ahead}`,
      waitingFor: [head.job],
    }
  }
  const board = scope.types[job.fileType]?.board
  if (board) return yield* onBoard(books, view, board.sk)
  return { because: 'ready', sentence: 'about to be admitted', waitingFor: [] }
}

const aboutOf = (job: Job, ahead?: string) => ({
  lane: laneName(job.scope ?? job.payerId, job.fileType),
  ahead,
})

const heldBy = ({ who, why }: { who: string; why: string }): string => `held by ${who}: ${why}`

/** What is in its way comes first; its owner's hold would still be there after that. */
const heldToo = (found: Explanation): Explanation => {
  const { owned } = found.job
  if (!owned) return found
  return {
    ...found,
    sentence: `${found.sentence}; it is ${heldBy(owned)}`,
    wouldLetItGo: `${found.wouldLetItGo}, and ${movedBy('held-by-owner', aboutOf(found.job, found.job.job))}`,
  }
}

const clearedBy = (job: Job): string => {
  if (stillBlocks(job)) return `${ownerClears(job.job)}; or a newer version, its deletion, a later full success`
  if (job.status !== 'failed' && job.status !== 'rejected') return 'nothing: it is over'
  const excused = job.history?.findLast(({ action, at }) => action === 'excuse' && at >= (job.endedAt ?? 0))
  return `nothing: it no longer blocks, ${excused ? `excused by ${excused.who}: ${excused.why}` : 'a later success has cleared it'}`
}

const atWork: Partial<Record<Job['status'], string>> = {
  validating: 'being validated',
  starting: 'its turn has come; its instance is starting',
  running: 'its instance is at work',
}

/** Joins a job with its lane and pool: the one answer to "why is my file not running, and who can change that". */
export function* explain(books: Books, jobId: string): Deciding<Explanation | undefined> {
  const job = yield* get(books, kinds.job, jobId)
  if (!job) return undefined
  const since = job.endedAt ?? job.startedAt ?? job.waitingAt ?? job.registeredAt
  const base = { job, since, waitingFor: [] }
  if (isOver(job.status))
    return {
      ...base,
      because: job.because ?? job.status,
      sentence: job.sentence ?? `it ended ${job.status}`,
      wouldLetItGo: clearedBy(job),
    }
  if (job.status === 'registered') {
    const because = job.because ?? 'registered'
    return heldToo({
      ...base,
      because,
      sentence: job.sentence ?? 'held',
      wouldLetItGo: movedBy(because, aboutOf(job)),
    })
  }
  const working = atWork[job.status]
  if (working !== undefined)
    return heldToo({
      ...base,
      because: job.status,
      sentence: working,
      wouldLetItGo: movedBy(job.status, aboutOf(job)),
    })
  if (job.owned)
    return {
      ...base,
      because: 'held-by-owner',
      sentence: heldBy(job.owned),
      wouldLetItGo: movedBy('held-by-owner', aboutOf(job, job.job)),
    }
  const scopeId = job.scope ?? job.payerId
  const scope = yield* get(books, kinds.scope, scopeId)
  let view: LaneView | undefined
  try {
    view = scope && (yield* viewLane(books, scopeId, scope, job.fileType))
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return {
      ...base,
      because: 'internal-error',
      sentence: reason,
      wouldLetItGo: movedBy('internal-error', aboutOf(job)),
    }
  }
  if (!scope || !view)
    return {
      ...base,
      because: 'waiting',
      sentence: 'its lane is being refreshed',
      wouldLetItGo: movedBy('waiting', aboutOf(job)),
    }
  const reason = yield* inLane(books, job, scope, view)
  const lane = yield* entries(books, keys.lanePk(scopeId, job.fileType), '', LaneEntry, COUNTED)
  const position = lane.filter(({ value }) => value.order <= job.order).length
  const { because, sentence, waitingFor, pool } = reason
  return {
    ...base,
    because,
    sentence,
    waitingFor,
    wouldLetItGo: movedBy(because, aboutOf(job, waitingFor[0])),
    lane: { id: laneName(scopeId, job.fileType), position, of: lane.length },
    ...(pool ? { pool } : {}),
  }
}
