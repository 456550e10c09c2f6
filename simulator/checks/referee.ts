import { needOf } from '#domain/policy/instance-types'
import type { Job } from '#domain/schedule/items/job'
import { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { Scope } from '#domain/schedule/items/scope'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { World } from '../world/world.ts'

/** How a lane stands, counted anew from all jobs and from the rows in force: not by the scheduler's counters and boards. */
export type Standing = { head: Job; pool: string; rank: string; because: string; at?: number }

export const itemAt = ({ state }: World, { pk, sk }: keys.Key): unknown =>
  state.schedule.partitions.get(pk)?.values.get(sk)
export const under = ({ state }: World, pk: string): [string, unknown][] => [
  ...(state.schedule.partitions.get(pk)?.values ?? []),
]

export const succeededInS3 = ({ journal }: World, job: string): boolean =>
  [...journal.machines.values()].some((life) => life.job === job && life.outcome === 'succeeded')

/** A newer version or the deletion of its key has happened in S3. */
export const replaced = ({ journal }: World, job: Job): boolean => {
  const own = journal.landings.find((landing) => landing.job === job.job)
  if (!own) return false
  return [...journal.landings, ...journal.deletions].some(
    (other) => other.key === own.key && other.sequencer > own.sequencer,
  )
}

const actOf = (job: Job, action: string): boolean =>
  (job.history ?? []).some((act) => act.action === action && act.at >= (job.endedAt ?? 0))

/** Ended badly, and nothing has made it good. `lenient`: what happened at the same instant may have. */
export const blocks = (world: World, job: Job, peers: readonly Job[], lenient: boolean): boolean => {
  if (job.status !== 'failed' && job.status !== 'rejected') return false
  if (actOf(job, 'excuse')) return false
  const [from, ended] = [lenient ? 0 : 1, job.endedAt ?? 0]
  return !peers.some(
    (peer) =>
      peer.status === 'succeeded' &&
      peer.order > job.order &&
      (peer.endedAt ?? 0) >= ended + from &&
      (peer.full === true || world.inForce.policyAt(job.payerId, job.fileType, peer.endedAt ?? 0).laterClears),
  )
}

export const jobsOf = ({ journal }: World, scope: string, type: string): Job[] =>
  [...journal.jobs.values()].filter((job) => job.scope === scope && job.fileType === type)

export const scopeItem = (world: World, scope: string): Scope | undefined =>
  kinds.scope.schema.optional().parse(itemAt(world, keys.scope(scope)))

const gate = (world: World, job: Job): string | undefined => {
  const waived = scopeItem(world, job.scope ?? '')?.types[job.fileType]?.waivedBefore
  if (waived !== undefined && job.order < waived) return undefined
  for (const { type, atLeast } of world.inForce.policy(job.payerId, job.fileType).after) {
    const members = jobsOf(world, job.scope ?? '', type)
    if (members.some((member) => blocks(world, member, members, false))) return `${type}-blocking`
    if (members.some(({ status }) => !isOver(status))) return `${type}-unfinished`
    if (members.filter(({ status }) => status === 'succeeded').length < atLeast) return `${type}-missing`
  }
  return undefined
}

const headOf = (world: World, jobs: readonly Job[], ordered: boolean, halts: boolean): Job | undefined =>
  jobs
    .filter((job) =>
      ordered
        ? !isOver(job.status) || (halts && blocks(world, job, jobs, false))
        : job.status === 'waiting' && !job.owned,
    )
    .sort((a, b) => (a.order < b.order ? -1 : 1))[0]

/** The lane's head and why it waits; `ready` when nothing keeps it. `at`: when time last changed that. */
export const standing = (world: World, scope: string, type: string): Standing | undefined => {
  const jobs = jobsOf(world, scope, type)
  const payerId = jobs[0]?.payerId ?? ''
  const policy = world.inForce.policy(payerId, type)
  const head = headOf(world, jobs, policy.ordered, policy.haltOnFailure)
  if (!head) return undefined
  const pool = world.inForce.pool(policy.pool)
  const need = needOf(policy.instanceTypes)
  const found = scopeItem(world, scope)?.types[type]
  const entry = LaneEntry.optional().parse(itemAt(world, keys.laneEntry(scope, type, head.order, head.job)))
  const times = [
    policy.after.length > 0 ? head.registeredAt + policy.graceSeconds * 1000 : 0,
    policy.quietSeconds > 0 ? Math.max(...jobs.map((job) => job.registeredAt)) + policy.quietSeconds * 1000 : 0,
    entry?.notBefore ?? 0,
  ]
  const at = Math.max(...times)
  const because =
    gate(world, head) ??
    (head.status !== 'waiting' ? `head-${head.status}` : undefined) ??
    (found?.owned || head.owned ? 'held-by-owner' : undefined) ??
    (!policy.enabled ? 'paused' : undefined) ??
    ((scopeItem(world, payerId)?.boots?.failed ?? 0) >= policy.bootFailures ? 'boot-loop' : undefined) ??
    // One at a time, also behind the head: a file held until its row appeared comes before those registered after it.
    (policy.ordered && jobs.some((job) => job.held) ? 'running-ahead' : undefined) ??
    (jobs.filter((job) => job.held).length >= policy.maxConcurrent ? 'max-concurrent' : undefined) ??
    (world.clock.now() < at ? 'time' : undefined) ??
    (!pool ? 'unknown-pool' : undefined) ??
    (pool && !pool.enabled ? 'pool-paused' : undefined) ??
    (pool && (need.vcpus > pool.maxVcpus || need.instances > pool.maxInstances) ? 'never-fits' : undefined) ??
    'ready'
  const rank = keys.boardKey(policy.priority, head.order, scope, type)
  return { head, pool: policy.pool, rank, because, at }
}

/** All lanes in which something stands. */
export const lanes = (world: World): { scope: string; type: string; payerId: string }[] => {
  const found = new Map<string, { scope: string; type: string; payerId: string }>()
  for (const { scope, fileType, payerId, status } of world.journal.jobs.values())
    if (scope !== undefined && !isOver(status)) found.set(`${scope} ${fileType}`, { scope, type: fileType, payerId })
  return [...found.values()]
}
