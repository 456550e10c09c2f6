import { nextDay } from '#domain/cost'
import { needFor } from '#domain/policy/machine-for'
import type { Policy } from '#domain/policy/policy'
import type { PoolRow } from '#domain/policy/pool'
import { type Gate, gateOf } from '#domain/schedule/gate'
import type { Need } from '#domain/schedule/items/holding'
import type { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { Scope } from '#domain/schedule/items/scope'
import type { Reason } from '#domain/schedule/moves'

/** A lane's standing: ready, or why not. `until`: time itself will change it. `atPool`: an edit of the pool can change it. */
export type Readiness =
  | { ready: true; need: Need }
  | { ready: false; because: Reason; sentence: string; waitingFor: string[]; until?: number; atPool?: true }

const no = (
  because: Reason,
  sentence: string,
  more: { waitingFor?: string[]; until?: number; atPool?: true } = {},
): Readiness => ({
  ready: false,
  because,
  sentence,
  waitingFor: more.waitingFor ?? [],
  ...(more.until === undefined ? {} : { until: more.until }),
  ...(more.atPool ? { atPool: true } : {}),
})

const headState = (head: LaneEntry): Readiness | undefined =>
  head.state === 'registered'
    ? no('validating', 'the file at the head of the lane is being validated', { waitingFor: [head.job] })
    : head.state === 'started'
      ? no('running-ahead', 'the file at the head of the lane is at work', { waitingFor: [head.job] })
      : head.state === 'failed'
        ? no('failed-ahead', 'the file at the head of the lane failed and halts it (haltOnFailure)', {
            waitingFor: [head.job],
          })
        : undefined

/** Design §3.4: validated and parked, gate open, below `maxConcurrent`, enabled, times passed, need within the pool's ceiling. */
export const readinessOf = (lane: {
  head: LaneEntry
  type: string
  scope: Scope
  policy: Policy
  pool: PoolRow | undefined
  /** What the payer's machines cost since midnight UTC, US dollars. */
  spentToday: number
  /** Why nothing of the payer boots any more, if so. */
  bootLoop?: string | undefined
  now: number
}): Readiness => {
  const { head, policy, pool, now } = lane
  const state = lane.scope.types[lane.type]
  const waived = state?.waivedBefore !== undefined && head.order < state.waivedBefore
  const gate: Gate = waived ? { open: true } : gateOf(policy, lane.scope)
  if (!gate.open) return { ready: false, because: gate.because, sentence: gate.sentence, waitingFor: gate.waitingFor }
  const standing = headState(head)
  if (standing) return standing
  if (state?.owned) return no('held-by-owner', `the lane is held by ${state.owned.who}: ${state.owned.why}`)
  if (head.owned)
    return no('held-by-owner', `the file at the head of the lane is held by ${head.owned.who}: ${head.owned.why}`, {
      waitingFor: [head.job],
    })
  if (!policy.enabled) return no('paused', 'the row of this payer and type says enabled: false')
  if (lane.bootLoop !== undefined) return no('boot-loop', lane.bootLoop)
  const running = state?.running ?? 0
  // Also one behind the head: a file that was held until its row appeared comes before those registered after it.
  if (policy.ordered && running > 0) return no('running-ahead', 'another file of this lane is at work')
  if (running >= policy.maxConcurrent)
    return no('max-concurrent', `${running} of ${policy.maxConcurrent} (maxConcurrent) of this lane are at work`)
  const graceEnds = policy.after.length > 0 ? head.registeredAt + policy.graceSeconds * 1000 : 0
  if (now < graceEnds)
    return no(
      'grace-period',
      `graceSeconds: ${policy.graceSeconds} s from arrival, so that files announced late are counted`,
      {
        until: graceEnds,
      },
    )
  const quietEnds = policy.quietSeconds > 0 ? (state?.lastArrival ?? 0) + policy.quietSeconds * 1000 : 0
  if (now < quietEnds)
    return no('quiet-period', `quietSeconds: ${policy.quietSeconds} s without an arrival in this lane`, {
      until: quietEnds,
    })
  if (head.notBefore !== undefined && now < head.notBefore)
    return no('no-capacity', 'EC2 refused every candidate; asked again after a pause', { until: head.notBefore })
  if (policy.dailyBudgetUsd !== undefined && lane.spentToday >= policy.dailyBudgetUsd)
    return no(
      'daily-budget',
      `dailyBudgetUsd: ${lane.spentToday.toFixed(4)} of ${policy.dailyBudgetUsd} dollars are spent since midnight UTC`,
      { until: nextDay(now) },
    )
  const need = needFor(policy, head.bytes)
  if (!pool)
    return no('unknown-pool', `no row in capacity-pools for pool ${JSON.stringify(policy.pool)}`, { atPool: true })
  if (!pool.enabled) return no('pool-paused', `pool ${pool.pool} says enabled: false`, { atPool: true })
  if (need.vcpus > pool.maxVcpus || need.instances > pool.maxInstances)
    return no(
      'never-fits',
      `needs ${need.vcpus} vCPUs and ${need.instances} instance; pool ${pool.pool} has ${pool.maxVcpus} and ${pool.maxInstances} in all`,
      { atPool: true },
    )
  return { ready: true, need }
}
