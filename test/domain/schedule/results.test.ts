import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { runPrefix } from '#domain/schedule/run-prefix'
import { acme } from '#test/support/acme'
import { instance, jobOf, landed, launch, over, parked, resultWritten } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const member = 'acme/member/m'
const m = jobOf(member)
const prefix = runPrefix('AROATEST', 'i-m')
const written = (change: object = {}) => ({
  ...{ scriptVersion: '2', job: m, round: 1, attempt: 1, outcome: 'succeeded', reason: 'ok', exitCode: 0 },
  ...{ startedAt: '2026-11-22T10:00:00Z', endedAt: '2026-11-22T10:01:00Z', inputBytes: 1, outputBytes: 1 },
  ...{ outputs: ['a'], peakMemoryBytes: 5, cpuSeconds: 6 },
  ...change,
})
/** A member file at work on a machine that has written this. */
const atWork = (change?: object, validation: object = {}): MemoryWorld => {
  const world = acme(1)
  world.run([landed(member)])
  world.run([parked(m, 't', { validation: { full: true, counts: { members: 1 }, report: 'r', ...validation } })])
  launch(world, m, 'i-m')
  world.run([instance('i-m', 'running')])
  if (change) world.results.set(`${prefix}result.json`, written(change))
  return world
}
const heard = (world: MemoryWorld) => world.run([resultWritten('i-m')])
const attemptOf = (world: MemoryWorld) => world.get(kinds.attempt, m, 1, 1)

describe('a result', () => {
  it.each([
    ['below no run', 'elsewhere/result.json'],
    ['of a machine that nobody knows', `${runPrefix('AROATEST', 'i-x')}result.json`],
    ['that is not there (yet)', `${prefix}result.json`],
  ])('%s changes nothing', (_, key) => {
    const { writes, calls, quarantined } = atWork().decide([{ kind: 'result', key }])
    expect([writes, calls, quarantined]).toEqual([[], [], []])
  })

  it('heard twice changes nothing the second time', () => {
    const world = atWork({})
    heard(world)
    const { writes, calls } = world.decide([resultWritten('i-m')])
    expect([writes, calls]).toEqual([[], []])
  })

  it('of a success ends the round, with what came out and what it took', () => {
    const world = atWork({ outputs: ['a', 'b'] })
    expect(heard(world)).toContainEqual({ call: 'answer-attempt', job: m, round: 1, attempt: 1 })
    expect(world.job(m)).toMatchObject({
      ...{ status: 'succeeded', because: 'ok', attempts: 1, instanceId: 'i-m', full: true },
      ...{ used: { peakMemoryBytes: 5, cpuSeconds: 6 }, output: { prefix: `${prefix}out/`, names: ['a', 'b'] } },
    })
    expect(attemptOf(world)?.state).toBe('succeeded')
    expect(world.calls).toContainEqual({ call: 'terminate', instanceId: 'i-m' })
  })

  it.each([
    ['failed', 'ProcessorFailed', 'failed', 'running'],
    ['retryable', 'RetryableFailure', 'retryable', 'starting'],
  ])('that is %s answers the state machine with %s; the round goes on', (outcome, error, state, status) => {
    const world = atWork({ outcome, reason: 'out-of-memory', exitCode: 137 })
    const calls = heard(world)
    expect(calls).toContainEqual({
      ...{ call: 'answer-attempt', job: m, round: 1, attempt: 1, error, cause: 'out-of-memory, exit code 137' },
    })
    expect(calls.map(({ call }) => call)).not.toContain('announce')
    expect(attemptOf(world)).toMatchObject({ state, error })
    expect(world.job(m)).toMatchObject({ status, attempts: 1, used: { peakMemoryBytes: 5 } })
    expect(world.job(m).output).toBeUndefined()
  })

  it.each([
    ['retryable', { spotNoticeAt: '2026-11-22T10:00:30Z' }, 'spot-interruption'],
    ['retryable', { spotNoticeAt: null }, undefined],
    ['retryable', {}, undefined],
    ['failed', { spotNoticeAt: '2026-11-22T10:00:30Z' }, undefined],
    ['succeeded', { spotNoticeAt: '2026-11-22T10:00:30Z' }, undefined],
  ])('that is %s, of a machine that said %j: because %s', (outcome, change, because) => {
    const world = atWork({ outcome, ...change })
    heard(world)
    expect(attemptOf(world)?.because).toBe(because)
  })

  it('that is retryable after EC2 has warned: because of it', () => {
    const world = atWork({ outcome: 'retryable' })
    world.run([{ kind: 'spot-warning', instanceId: 'i-m' }])
    heard(world)
    expect(attemptOf(world)?.because).toBe('spot-interruption')
  })

  it('that is retryable, of a file that is only starting, leaves it so', () => {
    const world = atWork({ outcome: 'retryable' })
    world.put(kinds.job, [m], { ...world.job(m), status: 'starting' })
    heard(world)
    expect(world.job(m).status).toBe('starting')
  })

  it.each<[string, object]>([
    ['over', { status: 'failed' }],
    ['in another round', { round: 2 }],
  ])('of a success closes its attempt when the job is %s, and leaves the job there', (_, change) => {
    const world = atWork({})
    world.put(kinds.job, [m], { ...world.job(m), ...change })
    heard(world)
    expect(attemptOf(world)?.state).toBe('succeeded')
    expect(world.job(m)).toMatchObject({ status: 'running', ...change })
  })

  it('in S3 that is no success does not win over the word that the round is over', () => {
    const world = atWork({ outcome: 'failed' })
    world.run([over(m, 'States.Timeout')])
    expect(world.job(m)).toMatchObject({ status: 'failed', because: 'States.Timeout' })
  })

  it.each([
    ['of a minute', {}, 60],
    ['of a clock that went back', { endedAt: '2026-11-22T09:00:00Z' }, 0],
    ['of no clock', { startedAt: '' }, 0],
  ])('%s is useful for %s', (_, change, usefulSeconds) => {
    const world = atWork(change)
    const attempt = attemptOf(world)
    const [candidate] = attempt?.request.candidates ?? []
    if (!attempt || !candidate) throw new Error('no attempt')
    const priced = { ...attempt.request, candidates: [{ ...candidate, usdPerHour: 1 }] }
    world.put(kinds.attempt, [m, 1, 1], { ...attempt, request: priced })
    world.results.set(`${prefix}result.json`, written(change))
    world.now += 120_000
    heard(world)
    expect(world.job(m).spent).toMatchObject({ billedSeconds: 120, usefulSeconds })
  })
})

describe('a result of a file that is validated on its instance', () => {
  const findings = [{ code: 'no-iea', message: 'it breaks off', segment: 3, byte: 99 }]
  const found = (valid: boolean) => ({ validation: { valid, full: false, counts: { members: 9 }, findings } })

  it('that says it is sound counts, with what the validator counted', () => {
    const world = atWork(found(true), { on: 'instance' })
    expect(world.job(m)).toMatchObject({ unvalidated: true })
    heard(world)
    expect(world.job(m)).toMatchObject({
      ...{ status: 'succeeded', unvalidated: false, full: false, counts: { members: 9 } },
      report: `${prefix}validation.json`,
    })
  })

  it.each([
    ['says nothing of it', {}],
    ['says null', { validation: null }],
    ['says that it is not', found(false)],
  ])('and %s is no success', (_, change) => {
    const world = atWork(change, { on: 'instance' })
    expect(heard(world)).toContainEqual(
      expect.objectContaining({ error: 'ProcessorFailed', cause: 'not-validated, exit code 0' }),
    )
    expect(world.job(m)).toMatchObject({ status: 'running', unvalidated: true, report: 'r' })
  })

  it('of one that was validated before needs no such word', () => {
    const world = atWork(found(true))
    heard(world)
    expect(world.job(m)).toMatchObject({ status: 'succeeded', full: true, counts: { members: 1 }, report: 'r' })
  })

  it.each([
    [found(false), findings],
    [{}, []],
  ])('that is unsound fails as the validator’s own word: %j', (change, said) => {
    const world = atWork({ outcome: 'failed', reason: 'unsound', ...change }, { on: 'instance' })
    const [answer] = heard(world)
    expect(answer).toMatchObject({ call: 'answer-attempt', error: 'UnsoundFile' })
    expect(JSON.parse((answer?.call === 'answer-attempt' && answer.cause) || '')).toEqual({
      ...{ report: `${prefix}validation.json`, findings: said },
    })
  })

  it('one that is to be tried again is so, whatever its reason is called', () => {
    const world = atWork({ outcome: 'retryable', reason: 'unsound' })
    expect(heard(world)).toContainEqual(expect.objectContaining({ error: 'RetryableFailure' }))
  })

  it('a success that calls itself unsound is one', () => {
    const world = atWork({ reason: 'unsound' })
    heard(world)
    expect(world.job(m).status).toBe('succeeded')
  })
})
