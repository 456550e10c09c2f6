import { mergePolicy } from '#domain/policy/merge'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'
import { bootLoop } from '#domain/schedule/boots'
import { spentOn } from '#domain/schedule/charge'
import { BoardEntry } from '#domain/schedule/items/board-entry'
import type { Job } from '#domain/schedule/items/job'
import { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { Scope } from '#domain/schedule/items/scope'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { type Readiness, readinessOf } from '#domain/schedule/readiness'
import type { MemoryWorld } from '#test/support/memory-world'

const ended = ['succeeded', 'withdrawn', 'superseded']
const count = (jobs: readonly Job[], is: (job: Job) => boolean): number => jobs.filter(is).length

export const policyOf = (world: MemoryWorld, payerId: string, type: string) =>
  mergePolicy(
    world.rows.map((row) => PolicyRow.parse(row)).filter((row) => row.payerId === '*' || row.payerId === payerId),
    payerId,
    type,
  )

const poolOf = (world: MemoryWorld, pool: string): PoolRow | undefined =>
  world.pools.map((row) => PoolRow.parse(row)).find((row) => row.pool === pool)

export const scopesOf = (world: MemoryWorld): [string, Scope][] =>
  [...world.items.values()]
    .filter(({ pk }) => pk.startsWith('SCOPE#'))
    .map(({ pk, value }) => [pk.slice('SCOPE#'.length), kinds.scope.schema.parse(value)])

/** How a lane stands by the tables as they are. */
export const standing = (world: MemoryWorld, id: string, scope: Scope, type: string): Readiness | undefined => {
  const lane = world.under(keys.lanePk(id, type)).map(({ value }) => LaneEntry.parse(value))
  const [first] = lane
  if (!first) return undefined
  const policy = policyOf(world, scope.payerId, type)
  // A full file replaces the failed ones before it; any does where a failure no longer halts the lane.
  const next = lane.find(({ state }) => state !== 'failed')
  if (!next && !policy.haltOnFailure) return undefined
  const passes = next && (!policy.haltOnFailure || (next.full && next.state !== 'registered'))
  const head = first.state === 'failed' && passes ? next : first
  const pool = poolOf(world, policy.pool)
  const own = world.get(kinds.scope, scope.payerId)
  const payer = { spentToday: spentOn(own, world.now), bootLoop: bootLoop(own, policy.bootFailures) }
  return readinessOf({ head, type, scope, policy, pool, ...payer, now: world.now })
}

/** What a pool gave away is what jobs hold, and never above its ceiling. */
const pools = (world: MemoryWorld, jobs: readonly Job[], say: (wrong: string) => void): void => {
  for (const { pool, maxVcpus, maxInstances } of world.pools.map((row) => PoolRow.parse(row))) {
    const held = jobs.flatMap((job) => (job.held?.pool === pool ? [job.held.need] : []))
    const used = world.get(kinds.poolState, pool) ?? { usedVcpus: 0, usedInstances: 0 }
    const vcpus = held.reduce((sum, need) => sum + need.vcpus, 0)
    if (used.usedVcpus !== vcpus || used.usedInstances !== held.length)
      say(`pool ${pool} says ${JSON.stringify(used)}, its jobs hold ${vcpus} vCPUs on ${held.length} instances`)
    if (vcpus > maxVcpus || held.length > maxInstances) say(`pool ${pool} is above its ceiling: ${vcpus} vCPUs`)
  }
  for (const job of jobs)
    if ((job.held !== undefined) !== (job.status === 'starting' || job.status === 'running'))
      say(`${job.job} is ${job.status} and holds ${JSON.stringify(job.held)}`)
}

/** What a scope counts is what its jobs are. */
const counts = (id: string, scope: Scope, all: readonly Job[], say: (wrong: string) => void): void => {
  for (const [type, state] of Object.entries(scope.types)) {
    const jobs = all.filter((job) => job.scope === id && job.fileType === type)
    const expected = {
      unfinished: count(jobs, ({ status }) => !isOver(status)),
      running: count(jobs, ({ held }) => held !== undefined),
      succeeded: count(jobs, ({ status }) => status === 'succeeded'),
    }
    for (const [name, number] of Object.entries(expected))
      if (Reflect.get(state, name) !== number)
        say(`${id} ${type} says ${name} ${Reflect.get(state, name)}, not ${number}`)
    for (const [job, status] of Object.entries(state.blocking))
      if (jobs.find((each) => each.job === job)?.status !== status)
        say(`${id} ${type}: ${job} blocks and is not ${status}`)
  }
}

/**
 * A lane stands on a board if and only if it is ready; time alone may be ahead of the board, and so may a boot loop for
 * lanes of other scopes than the payer's own, which hear of it when their turn comes, and of its end by a message.
 */
const boards = (
  world: MemoryWorld,
  [id, scope]: [string, Scope],
  coming: readonly Message[],
  say: (wrong: string) => void,
): void => {
  const edited = coming.some((message) => message.kind === 'row-edited' && message.payerId === scope.payerId)
  const due = world.under(keys.DUE).some(({ sk }) => Number(sk.split('#')[0]) <= world.now)
  for (const [type, { board }] of Object.entries(scope.types)) {
    const found = standing(world, id, scope, type)
    const ready = found?.ready ?? false
    const unheard = id !== scope.payerId && found && !found.ready && found.because === 'boot-loop'
    if (board && !ready && !unheard) say(`${id} ${type} stands on a board and is not ready`)
    if (ready && !board && !due && !edited) say(`${id} ${type} is ready and stands on no board`)
    if (board && !world.get(kinds.board, board.pool, board.sk)) say(`${id} ${type}: ${board.sk} is on no board`)
  }
}

const strays = (world: MemoryWorld, say: (wrong: string) => void): void => {
  for (const { pool } of world.pools.map((row) => PoolRow.parse(row)))
    for (const { sk, value } of world.under(`POOL#${pool}`, keys.BOARD)) {
      const { scope, type } = BoardEntry.parse(value)
      if (world.get(kinds.scope, scope)?.types[type]?.board?.sk !== sk) say(`${pool}: ${sk} belongs to no lane`)
    }
}

/** At most one attempt of a job is open, and none of a round that is over. */
const attempts = (world: MemoryWorld, say: (wrong: string) => void): void => {
  const open = world.under(keys.OPEN).map(({ value }) => kinds.open.schema.parse(value))
  for (const { job, round } of open) {
    if (open.filter((other) => other.job === job).length > 1) say(`${job} has two attempts open`)
    const { status, round: now } = world.job(job)
    if (isOver(status) || now !== round) say(`${job} is ${status} and has an attempt open`)
  }
}

/** What has just been admitted was allowed to go: judged by the jobs themselves, not by what the scheduler counted. */
const admissions = (
  world: MemoryWorld,
  before: Map<string, Job>,
  all: readonly Job[],
  say: (wrong: string) => void,
) => {
  for (const job of all) {
    if (job.turn <= (before.get(job.job)?.turn ?? 0) || job.scope === undefined) continue
    const policy = policyOf(world, job.payerId, job.fileType)
    const peers = all.filter(({ scope }) => scope === job.scope)
    const blocking = (type: string) => Object.keys(world.get(kinds.scope, job.scope ?? '')?.types[type]?.blocking ?? {})
    // `waive`: what stood in the lane then ignores its gate.
    const waived = job.order < (world.get(kinds.scope, job.scope)?.types[job.fileType]?.waivedBefore ?? '')
    for (const { type, atLeast } of waived ? [] : policy.after) {
      const needed = peers.filter(({ fileType }) => fileType === type)
      if (needed.some(({ status }) => !isOver(status))) say(`${job.job} went while a ${type} file is unfinished`)
      if (blocking(type).length > 0) say(`${job.job} went while ${blocking(type)} block`)
      if (count(needed, ({ status }) => status === 'succeeded') < atLeast) say(`${job.job} went without a ${type} file`)
    }
    const ahead = peers.filter(({ fileType, order }) => fileType === job.fileType && order < job.order)
    if (policy.ordered && ahead.some(({ status }) => !isOver(status))) say(`${job.job} overtook in an ordered lane`)
    const beside = peers.filter((peer) => peer.fileType === job.fileType && peer.held && peer.job !== job.job)
    if (policy.ordered && beside.length > 0) say(`${job.job} runs beside ${beside[0]?.job}`)
    const failed = ahead.filter((peer) => blocking(job.fileType).includes(peer.job))
    if (policy.ordered && policy.haltOnFailure && failed.length > 0 && !job.full)
      say(`${job.job} passed ${failed[0]?.job}`)
    if (beside.length >= policy.maxConcurrent) say(`${job.job} is above maxConcurrent`)
  }
}

/** Everything that is wrong with the tables after a decision, given the jobs before it. */
export const wrongWith = (world: MemoryWorld, before: Map<string, Job>, coming: readonly Message[] = []): string[] => {
  const found: string[] = []
  const say = (wrong: string) => void found.push(wrong)
  const jobs = world.jobs()
  pools(world, jobs, say)
  for (const [id, scope] of scopesOf(world)) {
    counts(id, scope, jobs, say)
    boards(world, [id, scope], coming, say)
  }
  strays(world, say)
  attempts(world, say)
  admissions(world, before, jobs, say)
  for (const job of jobs) {
    const was = before.get(job.job)
    if (was && ended.includes(was.status) && was.status !== job.status)
      say(`${job.job} was ${was.status} and is ${job.status}`)
  }
  return found
}
