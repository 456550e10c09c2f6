import { describe, expect, it } from 'vitest'
import type { Job } from '#domain/schedule/items/job'
import type { Status } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { instance, jobOf, landed, launch, type Of, over, parked, succeed } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const key = 'acme/claims/c'
const C = jobOf(key)
const lane = { scope: 'acme', type: 'claims' }
const parkedClaims = (world: MemoryWorld) => world.run([landed(key), parked(C)])

/** A claims file in every status that a file can have. */
const inStatus: Record<Status, (world: MemoryWorld) => void> = {
  registered: (world) => {
    world.rows.length = 0
    world.run([landed(key)])
  },
  validating: (world) => world.run([landed(key)]),
  waiting: parkedClaims,
  starting: (world) => {
    succeed(world, 'acme/member/m')
    parkedClaims(world)
  },
  running: (world) => {
    inStatus.starting(world)
    launch(world, C, 'i-c')
    world.run([instance('i-c', 'running')])
  },
  succeeded: (world) => {
    succeed(world, 'acme/member/m')
    succeed(world, key)
  },
  failed: (world) => world.run([landed(key), over(C, 'States.Timeout')]),
  rejected: (world) => world.run([landed(key), over(C, 'UnsoundFile', '{}')]),
  withdrawn: (world) => {
    parkedClaims(world)
    ask(world, 'withdraw', { job: C }, 'withdraw-it')
  },
  superseded: (world) => world.run([landed(key), landed(key, 2)]),
}
const ask = (world: MemoryWorld, action: Of<'request'>['action'], target: object, id = 'the-request') => {
  const calls = world.run([{ kind: 'request', id, action, ...target, who: 'ana', why: 'a reason' }])
  return { answer: world.get(kinds.request, id), calls }
}

const all: readonly Status[] = ['registered', 'validating', 'waiting', 'starting', 'running', 'succeeded', 'failed']
const statuses: readonly Status[] = [...all, 'rejected', 'withdrawn', 'superseded']
const makesSense: [Of<'request'>['action'], Status[], RegExp, RegExp][] = [
  ['retry', ['failed', 'rejected'], /round 2 was started/, /only a failed or rejected file can be retried/],
  ['excuse', ['failed', 'rejected'], /no longer blocks/, /only a failed or rejected file can be excused/],
  ['hold', ['registered', 'validating', 'waiting'], /held; resume/, /it is /],
  ['resume', [], /resumed/, /not held/],
  ['withdraw', ['registered', 'validating', 'waiting', 'failed', 'rejected'], /^withdrawn$/, /which is final/],
  ['stop', ['starting', 'running'], /being stopped; retry/, /only a file at work can be stopped/],
]

describe.each(makesSense)('%s', (action, fitting, done, refused) => {
  it.each(statuses.map((status) => [status]))('of a file that is %s', (status) => {
    const world = acme()
    inStatus[status](world)
    expect(world.job(C).status).toBe(status)
    const acts = world.job(C).history?.length ?? 0
    const { answer } = ask(world, action, { job: C })
    const stopping = action === 'withdraw' && (status === 'starting' || status === 'running')
    const expected = fitting.includes(status) || stopping
    expect(answer).toMatchObject({
      done: expected,
      because: expect.stringMatching(stopping ? /being stopped, then it is withdrawn/ : expected ? done : refused),
      at: world.now,
      expiresAt: world.now / 1000 + 7 * 24 * 3600,
    })
    if (!expected && !['resume', 'withdraw'].includes(action)) expect(answer?.because).toContain(status)
    expect(world.job(C).history?.length ?? 0).toBe(expected ? acts + 1 : acts)
  })
})

describe('what a request leaves behind', () => {
  it.each(['failed', 'rejected'] as const)('a retry of a %s file clears its end', (status) => {
    const world = acme()
    inStatus[status](world)
    const { calls } = ask(world, 'retry', { job: C })
    const job: Job = world.job(C)
    expect(job).toMatchObject({ status: 'validating', round: 2, blocks: false })
    expect(job.execution).toMatch(/-r2$/)
    expect(calls).toEqual([{ call: 'start-execution', job: C, round: 2, name: job.execution }])
    expect([job.because, job.sentence, job.endedAt, job.startedAt, job.runningAt]).toEqual(Array(5).fill(undefined))
    // In a lane that is not ordered it has no place until it parks again.
    expect(world.under(keys.lanePk('acme', 'claims'))).toEqual([])
  })

  it('a file that never had a place cannot be retried', () => {
    const world = acme()
    inStatus.failed(world)
    const { scope: _scope, ...placeless } = world.job(C)
    world.put(kinds.job, [C], placeless)
    expect(ask(world, 'retry', { job: C }).answer).toMatchObject({
      done: false,
      because: expect.stringMatching(/place/),
    })
  })

  it('a withdrawn file says by whom; so does a stopped one', () => {
    const world = acme()
    inStatus.waiting(world)
    ask(world, 'withdraw', { job: C })
    expect(world.job(C)).toMatchObject({ status: 'withdrawn', because: 'withdrawn-by-owner', endedAt: world.now })
  })

  it('a held file that is resumed before it parks takes no place too early', () => {
    const world = acme()
    inStatus.validating(world)
    ask(world, 'hold', { job: C }, 'hold-it-now')
    ask(world, 'resume', { job: C })
    expect(world.under(keys.lanePk('acme', 'claims'))).toEqual([])
    world.run([parked(C)])
    expect(world.under(keys.lanePk('acme', 'claims'))).toHaveLength(1)
  })

  it('a held file whose payer is unknown moves nothing', () => {
    const world = acme()
    inStatus.registered(world)
    ask(world, 'hold', { job: C })
    expect(world.job(C)).toMatchObject({ status: 'registered', owned: { who: 'ana', why: 'a reason' } })
    expect([...world.items.values()].filter(({ pk }) => /^(LANE|SCOPE)#/.test(pk))).toEqual([])
  })

  it('fifty acts are kept on a job, the newest last', () => {
    const world = acme()
    inStatus.waiting(world)
    for (let n = 0; n < 30; n++) {
      ask(world, 'hold', { job: C }, `hold-number-${n}`)
      ask(world, 'resume', { job: C }, `resume-number-${n}`)
    }
    expect(world.job(C).history).toHaveLength(50)
    expect(world.job(C).history?.at(-1)).toEqual({ action: 'resume', who: 'ana', why: 'a reason', at: world.now })
  })
})

describe('of a lane', () => {
  it.each([
    ['waive', true, /ignores its gate/],
    ['hold', true, /the lane is held/],
    ['resume', false, /the lane is not held/],
    ['retry', false, /retry takes a file, not a lane/],
  ] as const)('%s', (action, done, because) => {
    const world = acme()
    inStatus.waiting(world)
    const { answer } = ask(world, action, { lane })
    expect(answer).toMatchObject({ done, because: expect.stringMatching(because) })
  })

  it('resume lets a held lane go, and says so', () => {
    const world = acme()
    inStatus.waiting(world)
    ask(world, 'hold', { lane }, 'hold-the-lane')
    expect(world.get(kinds.scope, 'acme')?.types['claims']?.owned).toEqual({ who: 'ana', why: 'a reason' })
    expect(ask(world, 'resume', { lane }).answer).toMatchObject({ done: true, because: 'the lane is resumed' })
    expect(world.get(kinds.scope, 'acme')?.types['claims']?.owned).toBeUndefined()
  })

  it.each(['constructor', 'toString'])('a type that no file ever had is no lane: %s', (type) => {
    const world = acme()
    inStatus.waiting(world)
    expect(ask(world, 'waive', { lane: { scope: 'acme', type } }).answer?.done).toBe(false)
  })
})
