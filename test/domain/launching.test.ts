import { describe, expect, it } from 'vitest'
import { candidatesOf, deadlinesOf, imageOf, nextLaunch, outgrown, spotLosses } from '#domain/launching'
import { defaultPolicy } from '#domain/policy/defaults'
import { Policy } from '#domain/policy/policy'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'

const aJob = (change: Partial<Job> = {}): Job => ({
  ...{ job: 'j', bucket: 'b', key: 'acme/member/a', version: 'v', bytes: 1, payerId: 'acme', fileType: 'member' },
  ...{ fileName: 'a', order: '1', status: 'starting', round: 1, turn: 2, registeredAt: 0 },
  ...change,
})
const anAttempt = (attempt: number, state: Attempt['state'], change: Partial<Attempt> = {}): Attempt => ({
  ...{ job: 'j', round: 1, attempt, turn: 2, rev: 1, state, candidate: 0, openedAt: 0, tokens: [`t${attempt}`] },
  request: {
    ...{ candidates: [], roleId: 'AROA', launchTemplate: { id: 'lt', version: '1' }, runSeconds: 1 },
    ...{ processor: { name: 'n', key: 'k', sha256: 's', packages: [] } },
    ...{ deadlineMinutes: 1, diskGiB: 8, terminateAfter: 1 },
  },
  ...(state === 'refused' ? {} : { instanceId: `i-${attempt}` }),
  ...change,
})
const request = { round: 1, turn: 2, token: 'new' }
const lost = (n: number) => anAttempt(n, 'lost')

describe('nextLaunch', () => {
  it.each<[string, Job | undefined, Attempt[], object]>([
    ['the first attempt', aJob(), [], { do: 'open', attempt: 1 }],
    ['a lost one is replaced', aJob(), [lost(1)], { do: 'open', attempt: 2 }],
    ['an open one is adopted, never doubled', aJob(), [anAttempt(1, 'open')], { do: 'adopt' }],
    [
      'closed with success: answered, whatever the job says',
      aJob({ status: 'succeeded' }),
      [anAttempt(1, 'succeeded')],
      { do: 'answer-success' },
    ],
    ['no such job', undefined, [], { do: 'refuse', error: 'RoundIsOver' }],
    ['the round is over', aJob({ status: 'failed' }), [lost(1)], { do: 'refuse', error: 'RoundIsOver' }],
    ['another round', aJob({ round: 2 }), [], { do: 'refuse', error: 'RoundIsOver' }],
    ['another turn', aJob({ turn: 3 }), [], { do: 'refuse', error: 'RoundIsOver', because: 'round 1, turn 2 is over' }],
    ['a success of the round before', aJob(), [anAttempt(1, 'succeeded', { round: 0 })], { do: 'open', attempt: 2 }],
    [
      'attempts that came to no machine are not counted',
      aJob(),
      [1, 2, 3].map((n) => ({ ...anAttempt(n, 'refused'), state: 'stopped' as const })),
      { do: 'open', attempt: 4 },
    ],
    [
      'stopped',
      aJob({ stop: { status: 'withdrawn', because: 'deleted-by-owner' } }),
      [],
      { do: 'refuse', error: 'JobStopped', because: 'deleted-by-owner' },
    ],
    [
      'three of three used',
      aJob(),
      [lost(1), lost(2), lost(3)],
      { do: 'refuse', error: 'AttemptsExhausted', because: '3 of 3 attempts used; the last ended lost' },
    ],
    [
      'taken back before it ran, for want of capacity: a refusal',
      aJob(),
      [1, 2, 3].map((n) => anAttempt(n, 'refused', { instanceId: `i-${n}` })),
      { do: 'open', attempt: 4 },
    ],
    ['refusals are not counted', aJob(), [1, 2, 3, 4].map((n) => anAttempt(n, 'refused')), { do: 'open', attempt: 5 }],
  ])('%s', (_, job, attempts, expected) => {
    expect(nextLaunch(job, request, attempts, 3)).toMatchObject(expected)
  })

  it('a late duplicate of a closed attempt’s token opens nothing', () => {
    expect(nextLaunch(aJob(), { ...request, token: 't1' }, [lost(1)], 3)).toEqual({
      ...{ do: 'ignore', because: 'attempt 1 is closed and its tokens are answered' },
    })
    expect(nextLaunch(aJob(), { ...request, token: 't1' }, [lost(1), anAttempt(2, 'refused')], 3).do).toBe('ignore')
  })
})

describe('candidatesOf', () => {
  const onDemand = { instanceTypes: ['a', 'b'], market: 'on-demand' as const, onDemandAfter: 1 }
  it('type by type, and every attempt begins in another zone', () => {
    const order = (attempt: number) =>
      candidatesOf(onDemand, ['s1', 's2', 's3'], attempt, 0).map((c) => c.instanceType + c.subnet)
    expect(order(1)).toEqual(['as1', 'as2', 'as3', 'bs1', 'bs2', 'bs3'])
    expect(order(2)).toEqual(['as2', 'as3', 'as1', 'bs2', 'bs3', 'bs1'])
    expect(order(4)).toEqual(order(1))
  })
})

describe('spotLosses', () => {
  it('counts what EC2 took back, and nothing else', () => {
    const because = ['spot-interruption', 'boot-timeout', undefined, 'hung', 'spot-interruption']
    expect(spotLosses(because.map((each, n) => anAttempt(n + 1, 'lost', each ? { because: each } : {})))).toBe(2)
  })
})

describe('imageOf', () => {
  it.each([
    [undefined, 't3.small', undefined],
    [undefined, 'm7g.large', 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'],
    ['/mayfly/images/hardened', 't3.small', 'resolve:ssm:/mayfly/images/hardened'],
    [undefined, 'a type that is no more', undefined],
    ['ami-0123456789abcdef0', 'm7g.large', 'ami-0123456789abcdef0'],
  ])('%s on %s: %s', (image, type, expected) => {
    expect(imageOf(image, type)).toBe(expected)
  })
})

describe('outgrown', () => {
  const policy = Policy.parse({ ...defaultPolicy['*'], instanceTypes: ['m7i.xlarge'], maxRunMinutes: 30 })
  const { stateSeconds } = deadlinesOf(policy)
  it.each([
    ['as admitted', 4, stateSeconds, undefined],
    ['less than admitted', 8, stateSeconds + 60, undefined],
    ['more vCPUs', 2, stateSeconds, 'its row now asks for 4 vCPUs; 2 were admitted'],
    ['more time', 4, stateSeconds - 60, 'its row now asks for'],
  ])('%s', (_, vcpus, timeoutSeconds, expected) => {
    const held = { pool: 'p', need: { vcpus, instances: 1 } }
    const why = outgrown({ held, timeoutSeconds }, policy)
    if (expected === undefined) expect(why).toBeUndefined()
    else expect(why).toContain(expected)
  })
})

it('a turn of which no timeout is known has room for any', () => {
  expect(outgrown({}, Policy.parse({ ...defaultPolicy['*'], maxRunMinutes: 600 }))).toBeUndefined()
})

describe('deadlinesOf', () => {
  it.each([
    { bootMinutes: 1, maxRunMinutes: 1 },
    { bootMinutes: 10, maxRunMinutes: 60 },
    { bootMinutes: 60, maxRunMinutes: 10_080 },
  ])('%j: the processor’s limit < the script’s deadline < the state’s timeout < the lease', (policy) => {
    const { runSeconds, deadlineMinutes, stateSeconds, leaseMinutes } = deadlinesOf(policy)
    expect(runSeconds).toBe(policy.maxRunMinutes * 60)
    const seconds = [policy.bootMinutes * 60 + runSeconds, deadlineMinutes * 60, stateSeconds, leaseMinutes * 60]
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b))
    expect(new Set(seconds).size).toBe(4)
  })
})
