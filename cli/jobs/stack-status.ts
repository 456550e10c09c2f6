import { paginateScan } from '@aws-sdk/lib-dynamodb'
import type { OpenStack } from '#cli/aws/open-stack'
import type { JobRow } from '#cli/jobs/job-row'
import { isAlive, liveInstances } from '#cli/jobs/live-instances'
import { liveJobs } from '#cli/jobs/live-jobs'
import { PoolRow } from '#domain/policy/pool'
import { PoolState } from '#domain/schedule/items/pool-state'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'

/** How many open jobs are explained, the oldest first; those beyond are counted as `not-looked-at`. */
const EXPLAINED = 2000

export type PoolUse = {
  readonly pool: string
  readonly enabled: boolean
  readonly usedVcpus: number
  readonly maxVcpus: number
  readonly usedInstances: number
  readonly maxInstances: number
}

/** What `mayfly status` shows. Counts of files that were replaced or withdrawn are among `jobs`. */
export const stackStatus = async (stack: OpenStack, now = Date.now()) => {
  const jobs = await liveJobs(stack, now, EXPLAINED)
  const instances = await liveInstances(stack)
  return {
    jobs: Object.fromEntries(counted(jobs.map(({ status }) => status))),
    ...waitingOf(jobs),
    pools: await poolUse(stack),
    instances: Object.fromEntries(counted(instances.filter(isAlive).map(({ state }) => state))),
  }
}

/** Why what waits waits, the reason of most jobs first, and the job that waits longest. */
export const waitingOf = (jobs: readonly JobRow[]) => {
  const waiting = jobs.filter(({ status }) => status === 'waiting' || status === 'registered')
  const reasons = counted(waiting.map(({ because }) => because ?? 'not-looked-at'))
  const [oldest] = waiting.toSorted((a, b) => (since(a) < since(b) ? -1 : 1))
  return {
    open: jobs.filter(({ status }) => !isOver(status)).length,
    waiting: reasons.map(([because, count]) => ({ because, jobs: count })),
    ...(oldest && {
      oldestWaiting: { jobId: oldest.jobId, key: oldest.key, because: oldest.because, since: since(oldest) },
    }),
  }
}

const since = ({ waitingAt, registeredAt }: JobRow): string => waitingAt ?? registeredAt

const counted = (words: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

/** Every pool with a row that parses: what is taken, and its ceiling. */
const poolUse = async ({ db, names, sources }: OpenStack): Promise<PoolUse[]> => {
  const rows: PoolRow[] = []
  for await (const { Items = [] } of paginateScan({ client: db }, { TableName: names.CapacityPoolsTable }))
    rows.push(...Items.flatMap((item) => PoolRow.safeParse(item).data ?? []))
  const uses: PoolUse[] = []
  for (const { pool, enabled, maxVcpus, maxInstances } of rows.sort((a, b) => (a.pool < b.pool ? -1 : 1))) {
    const [item] = await sources.table.items([keys.poolState(pool)])
    const used = item ? PoolState.parse(item.value) : { usedVcpus: 0, usedInstances: 0 }
    uses.push({ pool, enabled, maxVcpus, maxInstances, ...used })
  }
  return uses
}
