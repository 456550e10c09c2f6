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

/** What moves a job that waits for this reason; gates end in what they wait for. */
const moves: Record<string, string> = {
  validating: 'the end of its validation',
  'unroutable-key': 'drop it again as <payer>/<type>/[<cycle>/]<file> and delete this object',
  'unknown-payer': 'a row for the payer in payer-priority',
  'unknown-type': 'a row for the file type in payer-priority',
  paused: 'enabled: true in its row of payer-priority',
  'max-concurrent': 'the end of a file of its lane, or a higher maxConcurrent in its row',
  'grace-period': 'time: the end of its grace period',
  'quiet-period': 'time without another arrival in its lane',
  'internal-error': 'a person who looks at the items of its lane in the table schedule',
  'held-by-owner': 'mayfly resume, by its owner',
  'no-capacity': 'time: EC2 is asked again after a pause',
  'daily-budget': 'time: midnight UTC, or a higher dailyBudgetUsd in its row',
  'boot-loop': 'mayfly resume of the lane, or an edit of its row, after a look at what the console said',
  'unknown-pool': 'a row for the pool in capacity-pools, or another pool in its row',
  'pool-paused': 'enabled: true in the row of its pool',
  'never-fits': 'a higher ceiling in capacity-pools, or a smaller instance type in its row',
  'pool-full': 'the end of a file of its pool, or a higher ceiling in capacity-pools',
  'lower-rank': 'those before it in its pool, or a higher priority in its row',
  'behind-in-lane': 'the file before it in its lane',
  'running-ahead': 'the end of the file before it in its lane',
  'failed-ahead': 'a newer version or the deletion of the failed file before it',
}

const movedBy = (because: string): string => {
  const gate = /^(.+)-file-(missing|unfinished|failed|rejected)$/.exec(because)
  if (!gate) return moves[because] ?? 'nothing: it is on its way'
  const [, type, state] = gate
  return state === 'missing'
    ? `a sound ${type} file in the landing bucket`
    : state === 'unfinished'
      ? `the end of the ${type} files of its scope`
      : `a newer version, the deletion, or a later full success of the ${type} file that was ${state}`
}

/** How many entries before it are counted; beyond, the position is "more than". */
const COUNTED = 1000

type Reason = Pick<Explanation, 'because' | 'sentence' | 'waitingFor'> & Pick<Explanation, 'pool'>

/** Ready lanes compete: this one stands on its pool's board, first or behind others. */
function* onBoard(books: Books, view: LaneView, sk: string): Deciding<Reason> {
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

function* inLane(books: Books, job: Job, scope: Scope, view: LaneView): Deciding<Reason> {
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
      wouldLetItGo: stillBlocks(job)
        ? 'retry; or clear it: a newer version, its deletion, a later full success, excuse'
        : 'nothing: it is over',
    }
  if (job.status === 'registered') {
    const because = job.because ?? 'registered'
    return { ...base, because, sentence: job.sentence ?? 'held', wouldLetItGo: movedBy(because) }
  }
  const working = atWork[job.status]
  if (working !== undefined)
    return { ...base, because: job.status, sentence: working, wouldLetItGo: movedBy(job.status) }
  if (job.owned)
    return {
      ...base,
      because: 'held-by-owner',
      sentence: `held by ${job.owned.who}: ${job.owned.why}`,
      wouldLetItGo: movedBy('held-by-owner'),
    }
  const scopeId = job.scope ?? job.payerId
  const scope = yield* get(books, kinds.scope, scopeId)
  let view: LaneView | undefined
  try {
    view = scope && (yield* viewLane(books, scopeId, scope, job.fileType))
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { ...base, because: 'internal-error', sentence: reason, wouldLetItGo: movedBy('internal-error') }
  }
  if (!scope || !view)
    return { ...base, because: 'waiting', sentence: 'its lane is being refreshed', wouldLetItGo: movedBy('') }
  const reason = yield* inLane(books, job, scope, view)
  const lane = yield* entries(books, keys.lanePk(scopeId, job.fileType), '', LaneEntry, COUNTED)
  const position = lane.filter(({ value }) => value.order <= job.order).length
  const { because, sentence, waitingFor, pool } = reason
  return {
    ...base,
    because,
    sentence,
    waitingFor,
    wouldLetItGo: movedBy(because),
    lane: { id: laneName(scopeId, job.fileType), position, of: lane.length },
    ...(pool ? { pool } : {}),
  }
}
