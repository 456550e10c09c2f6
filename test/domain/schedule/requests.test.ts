import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { finish, instance, jobOf, landed, launch, type Of, over, parked, succeed } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

type Request = Of<'request'>
let asked = 0
const ask = (
  world: MemoryWorld,
  action: Request['action'],
  target: Pick<Request, 'job' | 'lane'>,
  id = `request-${++asked}`,
) => {
  const calls = world.run([{ kind: 'request', id, action, ...target, who: 'ana', why: 'a reason' }])
  return { ...world.get(kinds.request, id), calls }
}
const M = jobOf('acme/member/m')
const C = jobOf('acme/claims/c')
const lane = { scope: 'acme', type: 'claims' }

/** A member file that failed on its instance, and claims that wait for it. */
const failedMember = () => {
  const world = acme()
  world.run([landed('acme/member/m'), landed('acme/claims/c')])
  world.run([parked(M), parked(C)])
  launch(world, M, 'i-m')
  world.run([over(M, 'ProcessorFailed')])
  return world
}
const waitingClaims = () => {
  const world = acme()
  world.run([landed('acme/claims/c')])
  world.run([parked(C)])
  return world
}
const atWork = () => {
  const world = acme()
  world.run([landed('acme/member/m')])
  world.run([parked(M)])
  launch(world, M, 'i-m')
  return world
}

describe('retry', () => {
  it('starts a new round in the old place of the lane, and its success opens the gate', () => {
    const world = failedMember()
    expect(world.job(C).status).toBe('waiting')
    const { done, calls } = ask(world, 'retry', { job: M })
    expect(done).toBe(true)
    expect(calls).toEqual([expect.objectContaining({ call: 'start-execution', job: M, round: 2 })])
    expect(world.job(M)).toMatchObject({ status: 'validating', round: 2, history: [{ action: 'retry', who: 'ana' }] })
    world.run([parked(M, 'again', { round: 2 })])
    finish(world, M)
    expect(world.job(M).status).toBe('succeeded')
    expect(world.job(C).status).toBe('starting')
  })

  it('keeps those behind it in the lane behind it', () => {
    const world = failedMember()
    world.run([landed('acme/member/n')])
    world.run([parked(jobOf('acme/member/n'))])
    ask(world, 'retry', { job: M })
    expect(world.job(jobOf('acme/member/n')).status).toBe('waiting')
    world.run([parked(M, 'again', { round: 2 })])
    expect([world.job(M).status, world.job(jobOf('acme/member/n')).status]).toEqual(['starting', 'waiting'])
  })
})

describe('excuse', () => {
  it('clears the gate without counting as a success', () => {
    const world = failedMember()
    expect(ask(world, 'excuse', { job: M }).done).toBe(true)
    expect(world.get(kinds.scope, 'acme')?.types['member']).toMatchObject({ blocking: {}, succeeded: 0 })
    expect(world.job(C).status).toBe('waiting')
    succeed(world, 'acme/member/n')
    expect(world.job(C).status).toBe('starting')
  })

  it('twice, by two requests, takes nothing away twice', () => {
    const world = failedMember()
    ask(world, 'excuse', { job: M })
    ask(world, 'excuse', { job: M })
    expect(world.get(kinds.scope, 'acme')?.types['member']).toMatchObject({ blocking: {}, unfinished: 0 })
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blockingMore ?? 0).toBe(0)
  })
})

describe('waive', () => {
  it('lets what stands in the lane now go, and what comes later wait', () => {
    const world = waitingClaims()
    expect(ask(world, 'waive', { lane }).done).toBe(true)
    expect(world.job(C).status).toBe('starting')
    expect(world.get(kinds.scope, 'acme')?.types['claims']?.acts).toMatchObject([
      { action: 'waive', who: 'ana', why: 'a reason' },
    ])
    world.run([landed('acme/claims/d')])
    world.run([parked(jobOf('acme/claims/d'))])
    expect(world.job(jobOf('acme/claims/d')).status).toBe('waiting')
  })
})

describe('hold and resume', () => {
  it('a held file of an unordered lane lets the others pass, and goes when it is resumed', () => {
    const world = waitingClaims()
    world.run([landed('acme/claims/d')])
    world.run([parked(jobOf('acme/claims/d'))])
    ask(world, 'hold', { job: C })
    ask(world, 'waive', { lane })
    expect([world.job(C).status, world.job(jobOf('acme/claims/d')).status]).toEqual(['waiting', 'starting'])
    expect(ask(world, 'resume', { job: C }).done).toBe(true)
    expect(world.job(C).status).toBe('starting')
    expect(world.job(C).owned).toBeUndefined()
  })

  it('a file held while it is validated does not start when it parks', () => {
    const world = acme()
    world.run([landed('acme/claims/c')])
    ask(world, 'waive', { lane })
    ask(world, 'hold', { job: C })
    world.run([parked(C)])
    expect(world.job(C).status).toBe('waiting')
    ask(world, 'resume', { job: C })
    expect(world.job(C).status).toBe('starting')
  })

  it('a held file of an ordered lane blocks those behind it', () => {
    const world = acme()
    world.run([landed('acme/member/m'), landed('acme/member/n')])
    ask(world, 'hold', { job: M })
    world.run([parked(M), parked(jobOf('acme/member/n'))])
    expect([world.job(M).status, world.job(jobOf('acme/member/n')).status]).toEqual(['waiting', 'waiting'])
    ask(world, 'resume', { job: M })
    expect(world.job(M).status).toBe('starting')
  })

  it('a held lane starts nothing until it is resumed', () => {
    const world = waitingClaims()
    ask(world, 'hold', { lane })
    ask(world, 'waive', { lane })
    expect(world.job(C).status).toBe('waiting')
    ask(world, 'resume', { lane })
    expect(world.job(C).status).toBe('starting')
  })
})

describe('withdraw and stop', () => {
  it('withdraws what waits, and answers its token', () => {
    const world = waitingClaims()
    const { calls } = ask(world, 'withdraw', { job: C })
    expect(world.job(C).status).toBe('withdrawn')
    expect(calls).toEqual([expect.objectContaining({ call: 'fail-tokens', error: 'RoundIsOver' })])
  })

  it('withdraws what failed, and clears the gate', () => {
    const world = failedMember()
    ask(world, 'withdraw', { job: M })
    expect(world.job(M).status).toBe('withdrawn')
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({})
  })

  it('stops what is at work; its capacity returns once, and it can be retried', () => {
    const world = atWork()
    const { calls } = ask(world, 'stop', { job: M })
    expect(calls.map(({ call }) => call)).toEqual(['answer-attempt', 'terminate'])
    world.run([over(M, 'JobStopped'), instance('i-m', 'terminated'), over(M, 'JobStopped')])
    expect(world.job(M)).toMatchObject({ status: 'failed', because: 'stopped-by-owner' })
    expect(world.get(kinds.poolState, 'p')).toMatchObject({ usedVcpus: 0, usedInstances: 0 })
    expect(ask(world, 'retry', { job: M }).done).toBe(true)
  })
})

describe('a request', () => {
  it.each([
    ['retry', waitingClaims, { job: C }, 'this one is waiting'],
    ['excuse', waitingClaims, { job: C }, 'this one is waiting'],
    ['hold', atWork, { job: M }, 'use stop'],
    ['resume', waitingClaims, { job: C }, 'not held'],
    ['stop', waitingClaims, { job: C }, 'this one is waiting'],
    ['waive', waitingClaims, { job: C }, 'takes a lane'],
    ['retry', waitingClaims, { lane }, 'takes a file'],
    ['hold', waitingClaims, { lane: { scope: 'nobody', type: 'claims' } }, 'no lane nobody/claims'],
    ['stop', waitingClaims, { job: 'no-such-job' }, 'no job no-such-job'],
    ['stop', waitingClaims, {}, 'names a job or a lane'],
  ] as const)('%s where it makes no sense is refused, says why, and changes nothing', (action, made, target, why) => {
    const world = made()
    const before = JSON.stringify(world.jobs())
    const { done, because, calls } = ask(world, action, target)
    expect({ done, calls }).toEqual({ done: false, calls: [] })
    expect(because).toContain(why)
    expect(JSON.stringify(world.jobs())).toBe(before)
  })

  it('sent twice with one id is applied once and keeps its answer', () => {
    const world = failedMember()
    ask(world, 'retry', { job: M }, 'the-same-id')
    const again = ask(world, 'retry', { job: M }, 'the-same-id')
    expect(again).toMatchObject({ done: true, calls: [] })
    expect(world.job(M)).toMatchObject({ round: 2, history: [{ action: 'retry' }] })
  })
})

describe('a full file', () => {
  it('behind a failed one replaces it: it runs, and its success clears the gate', () => {
    const world = failedMember()
    const full = jobOf('acme/member/full')
    world.run([landed('acme/member/full')])
    world.run([parked(full, 't', { validation: { full: true, counts: {}, report: 'r' } })])
    expect(world.job(full).status).toBe('starting')
    finish(world, full)
    expect(world.job(C).status).toBe('starting')
  })

  it('of changes only does not: the lane stays halted', () => {
    const world = failedMember()
    world.run([landed('acme/member/delta')])
    world.run([parked(jobOf('acme/member/delta'))])
    expect(world.job(jobOf('acme/member/delta')).status).toBe('waiting')
  })

  it('in one round, found to be of changes only in the next, does not: what was found last counts', () => {
    const world = failedMember()
    const full = jobOf('acme/member/full')
    world.run([landed('acme/member/full')])
    world.run([parked(full, 't', { validation: { full: true, counts: {}, report: 'r' } })])
    world.run([over(full, 'ProcessorFailed')])
    ask(world, 'retry', { job: full })
    world.run([parked(full, 't2', { round: 2, validation: { full: false, counts: {}, report: 'r' } })])
    expect(world.job(full).status).toBe('waiting')
  })
})
