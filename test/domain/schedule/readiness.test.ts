import { describe, expect, it } from 'vitest'
import { nextDay } from '#domain/cost'
import { defaultPolicy } from '#domain/policy/defaults'
import type { Policy } from '#domain/policy/policy'
import type { PoolRow } from '#domain/policy/pool'
import type { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { Scope } from '#domain/schedule/items/scope'
import { readinessOf } from '#domain/schedule/readiness'

const now = 1_000_000
type Changes = {
  head?: Partial<LaneEntry>
  policy?: Partial<Policy>
  pool?: Partial<PoolRow> | null
  running?: number
  spentToday?: number
  members?: Partial<Scope['types'][string]>
}
const nothing = { unfinished: 0, blocking: {}, succeeded: 0, running: 0 }
const base = defaultPolicy['claims']
if (!base) throw new Error('claims has no default policy')

const readiness = ({ head, policy, pool, running = 0, members = {}, spentToday = 0 }: Changes) =>
  readinessOf({
    head: { job: 'c1', order: '1', state: 'parked', registeredAt: now - 60_000, ...head },
    type: 'claims',
    scope: {
      payerId: 'acme',
      types: { claims: { ...nothing, running }, member: { ...nothing, succeeded: 1, ...members } },
    },
    policy: { ...base, graceSeconds: 60, ...policy },
    pool: pool === null ? undefined : { pool: 'default', maxVcpus: 2, maxInstances: 1, enabled: true, ...pool },
    spentToday,
    now,
  })

describe('readinessOf', () => {
  it('parked, gate open, below its limits, grace over to the millisecond, a pool of just its size: ready', () => {
    expect(readiness({})).toEqual({ ready: true, need: { vcpus: 2, instances: 1 } })
  })

  it.each<[string, Changes, { until?: number; atPool?: true }?]>([
    ['member-file-unfinished', { members: { unfinished: 1 } }],
    ['validating', { head: { state: 'registered' } }],
    ['running-ahead', { head: { state: 'started' } }],
    ['failed-ahead', { head: { state: 'failed' } }],
    ['paused', { policy: { enabled: false } }],
    ['max-concurrent', { policy: { maxConcurrent: 3 }, running: 3 }],
    ['grace-period', { policy: { graceSeconds: 61 } }, { until: now + 1000 }],
    ['no-capacity', { head: { notBefore: now + 1 } }, { until: now + 1 }],
    ['daily-budget', { policy: { dailyBudgetUsd: 5 }, spentToday: 5 }, { until: nextDay(now) }],
    ['unknown-pool', { pool: null }, { atPool: true }],
    ['pool-paused', { pool: { enabled: false } }, { atPool: true }],
    ['never-fits', { pool: { maxVcpus: 1 } }, { atPool: true }],
    ['never-fits', { pool: { maxInstances: 0 } }, { atPool: true }],
    [
      'never-fits',
      { policy: { instanceTypes: ['t3.small', 'c7i.8xlarge'] }, pool: { maxVcpus: 31 } },
      { atPool: true },
    ],
  ])('%s', (because, changes, more = {}) => {
    const found = readiness(changes)
    expect(found).toMatchObject({ ready: false, because, ...more })
    expect('sentence' in found && found.sentence.length).toBeGreaterThan(10)
    expect({ until: 'until' in found, atPool: 'atPool' in found }).toEqual({
      until: 'until' in more,
      atPool: 'atPool' in more,
    })
  })

  it('a type that waits for nobody has no grace period', () => {
    expect(readiness({ policy: { after: [], graceSeconds: 86_400 } }).ready).toBe(true)
  })

  it('a budget of which a cent is left holds nothing', () => {
    expect(readiness({ policy: { dailyBudgetUsd: 5 }, spentToday: 4.99 }).ready).toBe(true)
  })

  it('one below maxConcurrent may go', () => {
    expect(readiness({ policy: { maxConcurrent: 3 }, running: 2 }).ready).toBe(true)
  })
})
