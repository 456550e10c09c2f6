import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '#domain/policy/defaults'
import type { Policy } from '#domain/policy/policy'
import { gateOf } from '#domain/schedule/gate'
import type { LaneEntry } from '#domain/schedule/items/lane-entry'
import type { ScopeType } from '#domain/schedule/items/scope'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { readinessOf } from '#domain/schedule/readiness'
import { acme } from '#test/support/acme'
import { jobOf, landed, parked } from '#test/support/file-life'

const now = 1_000_000
const nothing: ScopeType = { unfinished: 0, blocking: {}, succeeded: 0, running: 0 }
const base = defaultPolicy['*']
if (!base) throw new Error('no default policy')
const pool = { pool: 'default', maxVcpus: 2, maxInstances: 1, enabled: true }

describe('what a waiting lane is told names who and how many', () => {
  const told = (given: { head?: Partial<LaneEntry>; lane?: Partial<ScopeType> | null; policy?: Partial<Policy> }) =>
    readinessOf({
      head: { job: 'c1', order: '5', state: 'parked', registeredAt: now, ...given.head },
      type: 'x',
      scope: { payerId: 'acme', types: given.lane === null ? {} : { x: { ...nothing, ...given.lane } } },
      policy: { ...base, ...given.policy },
      pool: given.policy?.pool === 'other' ? undefined : pool,
      spentToday: 0,
      now,
    })
  const ana = { who: 'ana', why: 'an audit' }

  it.each<[string, RegExp, string[], Parameters<typeof told>[0]]>([
    ['validating', /being validated/, ['c1'], { head: { state: 'registered' } }],
    ['running-ahead', /at work/, ['c1'], { head: { state: 'started' } }],
    ['failed-ahead', /haltOnFailure/, ['c1'], { head: { state: 'failed' } }],
    ['held-by-owner', /the file at the head of the lane is held by ana: an audit/, ['c1'], { head: { owned: ana } }],
    ['held-by-owner', /lane is held by ana: an audit/, [], { lane: { owned: ana } }],
    ['paused', /enabled: false/, [], { policy: { enabled: false } }],
    ['max-concurrent', /7 of 7/, [], { lane: { running: 7 }, policy: { maxConcurrent: 7 } }],
    ['quiet-period', /60 s without an arrival/, [], { lane: { lastArrival: now }, policy: { quietSeconds: 60 } }],
    ['no-capacity', /EC2 refused/, [], { head: { notBefore: now + 1 } }],
    ['unknown-pool', /"other"/, [], { policy: { pool: 'other' } }],
    [
      'never-fits',
      /needs 4 vCPUs and 1 instance; pool default has 2 and 1/,
      [],
      { policy: { instanceTypes: ['m7i.xlarge'] } },
    ],
  ])('%s: %s', (because, sentence, waitingFor, given) => {
    expect(told(given)).toMatchObject({ ready: false, because, sentence: expect.stringMatching(sentence), waitingFor })
  })

  it('a lane of which nothing is counted yet is as ready as an empty one', () => {
    expect(told({ lane: null }).ready).toBe(true)
    expect(told({ lane: null, policy: { quietSeconds: 60 } }).ready).toBe(true)
  })

  it('pauses and quiet times end on their millisecond', () => {
    expect(told({ head: { notBefore: now } }).ready).toBe(true)
    expect(told({ lane: { lastArrival: now - 60_000 }, policy: { quietSeconds: 60 } }).ready).toBe(true)
    expect(told({ lane: { lastArrival: now - 59_999 }, policy: { quietSeconds: 60 } })).toMatchObject({
      until: now + 1,
    })
  })

  it('a waiver speaks for what was registered before it, and for nothing after', () => {
    const after = [{ type: 'member', atLeast: 1 }]
    const given = (waivedBefore: string) => told({ lane: { waivedBefore }, policy: { after, graceSeconds: 0 } }).ready
    expect([given('4'), given('5'), given('6')]).toEqual([false, false, true])
  })
})

describe('what a gate says names how many', () => {
  const said = (member: Partial<ScopeType>, atLeast = 1) => {
    const scope = { payerId: 'acme', types: { member: { ...nothing, ...member } } }
    const gate = gateOf({ after: [{ type: 'member', atLeast }] }, scope)
    return gate.open ? 'open' : gate.sentence
  }
  it.each<[Partial<ScopeType>, RegExp]>([
    [{ blocking: { a: 'failed', b: 'rejected' } }, /^2 member file\(s\) failed/],
    [{ blocking: { a: 'failed' }, blockingMore: 4 }, /^5 member/],
    [{ unfinished: 3 }, /^3 member file\(s\).*not finished/],
    [{ succeeded: 1 }, /^1 of 2 member/],
    [{}, /^0 of 2 member/],
  ])('%j: %s', (member, sentence) => expect(said(member, 2)).toMatch(sentence))

  it('before anything of the scope is known', () => {
    const gate = gateOf({ after: [{ type: 'member', atLeast: 1 }] }, undefined)
    expect(gate.open ? '' : gate.sentence).toMatch(/^0 of 1 member/)
  })
})

describe('what a held file is told', () => {
  it.each([
    ['notes/x.txt', /drop files as <payer>\/<type>/, 'x.txt'],
    ['nobody/member/m', /no row .* payer nobody/, 'm'],
    ['acme/provider/2026/p', /no row .* file type provider/, 'p'],
  ])('%s: %s', (key, sentence, fileName) => {
    const world = acme()
    world.run([landed(key)])
    expect(world.job(jobOf(key))).toMatchObject({ sentence: expect.stringMatching(sentence), fileName })
  })
})

describe('a file that is announced', () => {
  it('and is not ordered takes no place before it parks', () => {
    const world = acme()
    world.run([landed('acme/claims/c')])
    expect(world.under(keys.lanePk('acme', 'claims'))).toEqual([])
  })

  it('again looks at its lane again, for a crash may have eaten an admission', () => {
    const world = acme()
    world.pools.length = 0
    world.run([landed('acme/member/m'), parked(jobOf('acme/member/m'))])
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.run([landed('acme/member/m')])
    expect(world.job(jobOf('acme/member/m')).status).toBe('starting')
  })

  it('by the sweep as the newest of its key keeps the place of what S3 said before', () => {
    for (const [said, sequencer] of [
      [[], ''],
      [[landed('acme/member/m', 1, '0055')], '0055'],
    ] as const) {
      const world = acme()
      world.run(said)
      world.run([{ ...landed('acme/member/m', 2, '0000'), newest: true }])
      expect(world.get(kinds.keyState, 'landing', 'acme/member/m')).toMatchObject({ sequencer, deleted: false })
      expect(world.job(jobOf('acme/member/m', 2)).status).toBe('validating')
    }
  })
})
