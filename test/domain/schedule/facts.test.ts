import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import {
  deleted,
  ended,
  instance,
  jobOf,
  landed,
  launch,
  type Of,
  over,
  parked,
  refused,
  succeed,
} from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const member = 'acme/member/m'
const m = jobOf(member)
const validating = (): MemoryWorld => {
  const world = acme(1)
  world.run([landed(member)])
  return world
}
const starting = (): MemoryWorld => {
  const world = validating()
  world.run([parked(m, 't1')])
  return world
}
const atWork = (): MemoryWorld => {
  const world = starting()
  launch(world, m, 'i-m')
  return world
}
const running = (): MemoryWorld => {
  const world = atWork()
  world.run([instance('i-m', 'running')])
  return world
}
const succeeded = (): MemoryWorld => {
  const world = validating()
  succeed(world, member)
  return world
}
/** What a message changes of everything but the sequence number, and what it asks to be done. */
const changes = (world: MemoryWorld, message: Message) => {
  const { writes, calls, quarantined } = world.decide([message])
  return [...writes, ...calls, ...quarantined]
}
const attemptOf = (world: MemoryWorld) => world.get(kinds.attempt, m, 1, 1)

describe('a token that parks', () => {
  it.each<[string, () => MemoryWorld, Of<'parked'>]>([
    ['of a round that is not the job’s', validating, parked(m, 't', { round: 2 })],
    ['of a round that is over', succeeded, parked(m, 't')],
  ])('%s is failed by name, and changes nothing', (_, given, message) => {
    expect(given().run([message])).toEqual([
      {
        ...{ call: 'fail-tokens', tokens: ['t'], error: 'RoundIsOver' },
        cause: `round ${message.round} of ${m} is over`,
      },
    ])
  })

  it('of nobody’s job changes nothing', () => expect(changes(acme(), parked('nobody'))).toEqual([]))

  it('for a file that is held without an execution leaves it held', () => {
    const world = acme()
    world.run([landed('zoe/member/z')])
    world.run([parked(jobOf('zoe/member/z'))])
    expect(world.job(jobOf('zoe/member/z')).status).toBe('registered')
  })

  it('twice is kept once; of many the last fifty are', () => {
    const world = validating()
    world.pools.length = 0
    const tokens = (): string[] | undefined => world.get(kinds.tokens, m)?.tokens
    world.run([parked(m, 'a'), parked(m, 'b'), parked(m, 'a')])
    expect(tokens()).toEqual(['b', 'a'])
    const many = Array.from({ length: 60 }, (_, n) => `t${n}`)
    world.run(many.map((token) => parked(m, token)))
    expect(tokens()).toEqual(many.slice(10))
  })

  it('again does not make the file wait anew', () => {
    const world = validating()
    world.pools.length = 0
    world.run([parked(m, 'a')])
    const since = world.job(m).waitingAt
    world.now += 1000
    world.run([parked(m, 'b')])
    expect(world.job(m).waitingAt).toBe(since)
  })

  it('without a validation waits as well', () => {
    const world = validating()
    world.pools.length = 0
    world.run([parked(m, 'a', { validation: null })])
    expect(world.job(m)).toMatchObject({ status: 'waiting' })
    expect(world.job(m).full).toBeUndefined()
  })

  it.each([
    ['starting', starting],
    ['running', running],
  ])('while the file is %s is told the turn, and how long its state waits', (status, given) => {
    const world = given()
    expect(world.job(m)).toMatchObject({ status, timeoutSeconds: 4800 })
    expect(world.run([parked(m, 'late')])).toEqual([
      { call: 'answer-turn', job: m, tokens: ['late'], turn: 1, timeoutSeconds: 4800 },
    ])
  })

  it('with a refused turn of a file that is to stop fails all its tokens', () => {
    const world = starting()
    world.run([deleted(member, '0099')])
    expect(world.run([refused(m, 1, 't2')])).toContainEqual({
      ...{ call: 'fail-tokens', tokens: ['t1', 't2'], error: 'JobStopped', cause: 'deleted-by-owner' },
    })
  })
})

describe('what EC2 says of an instance', () => {
  it('running: of nobody’s, of a second time, of an attempt that is closed: nothing changes', () => {
    expect(changes(acme(), instance('i-x', 'running'))).toEqual([])
    const world = running()
    world.now += 1000
    expect(changes(world, instance('i-m', 'running'))).toEqual([])
    world.run([instance('i-m', 'terminated')])
    expect(changes(world, instance('i-m', 'running'))).toEqual([])
    expect(world.job(m).status).toBe('starting')
  })

  it('over, of an instance that nobody knows: kept two hours, as it was heard first', () => {
    const world = acme()
    world.run([instance('i-x', 'stopped')])
    expect(world.get(kinds.instance, 'i-x')).toEqual({
      ...{ instanceId: 'i-x', ended: 'stopped', expiresAt: 1_000_000_000 + 7200 },
    })
    world.now += 60_000
    expect(changes(world, instance('i-x', 'terminated'))).toEqual([])
  })

  it('over, without a result: the attempt is lost, and the state machine is told which and how', () => {
    const world = running()
    const [answer] = world.run([instance('i-m', 'terminated')])
    expect(attemptOf(world)).toMatchObject({ state: 'lost', error: 'InstanceLost', closedAt: world.now })
    expect(answer).toMatchObject({
      ...{ call: 'answer-attempt', error: 'InstanceLost' },
      cause: expect.stringMatching(/^i-m is terminated .*left no result$/),
    })
    expect(world.job(m)).toMatchObject({ status: 'starting', attempts: 1 })
  })

  it('over, of an attempt that stands open though its round is over: the round stays over', () => {
    const world = running()
    const open = attemptOf(world)
    world.run([over(m, 'States.Timeout')])
    if (open) world.put(kinds.attempt, [m, 1, 1], open)
    world.run([instance('i-m', 'terminated')])
    expect(attemptOf(world)?.state).toBe('lost')
    expect(world.job(m).status).toBe('failed')
  })
})

describe('the end of a round', () => {
  it('of nobody’s job, of another round, or a second time changes nothing', () => {
    expect(changes(acme(), over('nobody', 'E'))).toEqual([])
    expect(changes(running(), { ...over(m, 'E'), round: 2 })).toEqual([])
    const world = running()
    world.run([over(m, 'E')])
    world.now += 1000
    for (const again of [over(m, 'F'), over(m), ended(m, 'ABORTED')]) expect(changes(world, again)).toEqual([])
    expect(world.job(m)).toMatchObject({ because: 'E', endedAt: world.now - 1000 })
  })

  it.each<[Message, string]>([
    [over(m, 'States.Timeout'), 'States.Timeout'],
    [over(m), 'over'],
  ])('%j closes the attempt at work, ends its machine and tells its tokens: %s', (message, cause) => {
    const world = running()
    const calls = world.run([message])
    expect(attemptOf(world)).toMatchObject({ state: 'stopped', error: 'RoundIsOver' })
    expect(calls).toContainEqual({
      ...{ call: 'answer-attempt', job: m, round: 1, attempt: 1, error: 'RoundIsOver', cause },
    })
    expect(calls).toContainEqual({ call: 'terminate', instanceId: 'i-m' })
    expect(world.job(m).attempts).toBe(1)
  })

  it.each<[Message, string]>([
    [over(m), 'NoResult'],
    [over(m, 'States.Timeout'), 'States.Timeout'],
    [ended(m, 'ABORTED'), 'stopped-by-hand'],
    [ended(m, 'ABORTED', 'States.Timeout'), 'States.Timeout'],
    [ended(m, 'FAILED'), 'FAILED'],
    [ended(m, 'TIMED_OUT'), 'TIMED_OUT'],
    [ended(m, 'FAILED', 'ProcessorFailed'), 'ProcessorFailed'],
  ])('%j: failed, because %s', (message, because) => {
    const world = starting()
    world.run([message])
    expect(world.job(m)).toMatchObject({ status: 'failed', because })
    expect(world.job(m).sentence).toMatch(/^its execution (gave no cause$|was stopped by hand)/)
  })

  it('keeps the first 500 characters of what the state machine says', () => {
    const world = starting()
    world.run([over(m, 'ProcessorFailed', 'x'.repeat(600))])
    expect(world.job(m).sentence).toBe('x'.repeat(500))
  })

  const unsound = { report: 'reports/r.json', findings: [] }
  it.each([
    ['not JSON', '{', undefined],
    ['nothing', undefined, undefined],
    ['no finding', JSON.stringify(unsound), 'reports/r.json'],
    ['no finding, as Lambda wraps it', JSON.stringify({ errorMessage: JSON.stringify(unsound) }), 'reports/r.json'],
  ])('an unsound file of which the cause is %s is rejected in words of our own', (_, cause, report) => {
    const world = validating()
    world.run([over(m, 'UnsoundFile', cause)])
    expect(world.job(m)).toMatchObject({ status: 'rejected', because: 'unsound', sentence: 'the file is unsound' })
    expect(world.job(m).report).toBe(report)
  })
})
