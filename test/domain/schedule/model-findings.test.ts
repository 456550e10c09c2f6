import { describe, expect, it } from 'vitest'
import { Superseded } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import {
  deleted,
  ended,
  finish,
  instance,
  jobOf,
  landed,
  launch,
  over,
  parked,
  resultWritten,
  succeed,
  writeResult,
} from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

/** "What the models showed" (docs: schedule model): what each left out, and what it broke. */
const member = 'acme/member/m1'
const m1 = jobOf(member)
const claims = 'acme/claims/c1'
const c1 = jobOf(claims)
const used = (world: MemoryWorld) => world.get(kinds.poolState, 'p') ?? { usedVcpus: 0, usedInstances: 0 }
const member1AtWork = (world = acme()): MemoryWorld => {
  world.run([landed(member)])
  world.run([parked(m1)])
  return world
}

describe('claims never go before members', () => {
  it('the gate is looked at again at admission, though the board says ready', () => {
    const world = acme(1)
    succeed(world, member)
    succeed(world, 'acme/member/m2')
    world.run([landed(claims), landed('acme/claims/c2')])
    world.run([parked(c1)])
    world.run([parked(jobOf('acme/claims/c2'))])
    expect(world.under('POOL#p', keys.BOARD)).toHaveLength(1)
    // In one decision: the machine is free, and a new member file is there.
    launch(world, c1, 'i-c1')
    writeResult(world, 'i-c1')
    world.run([resultWritten('i-c1'), landed('acme/member/m3')])
    expect(world.job(jobOf('acme/claims/c2')).status).toBe('waiting')
    expect(world.under('POOL#p', keys.BOARD)).toHaveLength(0)
  })

  it.each([
    ['rejected', 'UnsoundFile', 'member-file-rejected'],
    ['failed', 'ProcessorFailed', 'member-file-failed'],
  ])('a member file that was %s keeps the gate closed: %s', (status, error) => {
    const world = acme()
    succeed(world, 'acme/member/m0')
    world.run([landed(member), landed(claims), parked(c1)])
    world.run([over(m1, error, '{}')])
    expect(world.job(m1).status).toBe(status)
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({ [m1]: status })
    expect(world.job(c1)).toMatchObject({ status: 'waiting', turn: 0 })
  })
})

describe('no wake-up is lost', () => {
  it('freed capacity admits the next in the same decision', () => {
    const world = acme(1)
    succeed(world, member)
    world.run([landed(claims), landed('acme/claims/c2'), parked(c1), parked(jobOf('acme/claims/c2'))])
    expect(world.job(c1).status).toBe('starting')
    launch(world, c1, 'i-c1')
    writeResult(world, 'i-c1')
    const calls = world.run([resultWritten('i-c1')])
    expect(calls).toContainEqual(
      expect.objectContaining({ call: 'answer-turn', job: jobOf('acme/claims/c2'), turn: 1 }),
    )
    expect(used(world)).toMatchObject({ usedVcpus: 2, usedInstances: 1 })
  })

  it('freed capacity wakes another payer as well', () => {
    const world = acme(1, [{ payerId: 'bolt', fileType: '*', pool: 'p' }])
    const other = jobOf('bolt/member/m1')
    world.run([landed(member), landed('bolt/member/m1'), parked(m1)])
    world.run([parked(other)])
    expect(world.job(other).status).toBe('waiting')
    finish(world, m1)
    expect(world.job(other).status).toBe('starting')
  })

  it('a duplicate looks at its pool again, for a crash may have eaten the admission', () => {
    const world = acme()
    world.run([landed(member)])
    world.pools.length = 0
    world.run([parked(m1)])
    expect(world.job(m1).status).toBe('waiting')
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.run([parked(m1)])
    expect(world.job(m1).status).toBe('starting')
  })

  it('a duplicate looks at the pool of a lane that stands on its board already: an edit may not have been heard', () => {
    const world = acme(1, [{ payerId: 'bolt', fileType: '*', pool: 'p' }])
    const other = jobOf('bolt/member/m1')
    world.run([landed(member), landed('bolt/member/m1'), parked(m1), parked(other)])
    world.pools = [{ pool: 'p', maxVcpus: 4, maxInstances: 2 }]
    world.run([parked(other)])
    expect(world.job(other).status).toBe('starting')
  })

  it('a decision on a stale view is refused whole', () => {
    const world = acme()
    world.run([landed(member)])
    const stale = world.decide([parked(m1)])
    world.run([landed(claims)])
    expect(() => world.commit(stale)).toThrow(Superseded)
    expect(world.job(m1).status).toBe('validating')
  })
})

describe('a head that is not ready blocks nobody else', () => {
  it('claims that wait for members do not keep the members from the pool', () => {
    const world = acme(1, [{ payerId: 'acme', fileType: 'claims', priority: 1000 }])
    world.run([landed(claims)])
    world.run([parked(c1)])
    world.run([landed(member)])
    world.run([parked(m1)])
    expect(world.job(m1).status).toBe('starting')
  })
})

describe('an ordered lane', () => {
  const m2 = jobOf('acme/member/m2')

  it('keeps the order of registration, not of validation', () => {
    const world = acme()
    world.run([landed(member)])
    world.run([landed('acme/member/m2')])
    world.run([parked(m2)])
    expect(world.job(m2).status).toBe('waiting')
    world.run([parked(m1)])
    expect([world.job(m1).status, world.job(m2).status]).toEqual(['starting', 'waiting'])
  })

  it('never runs delta 2 beside delta 1', () => {
    const world = acme()
    world.run([landed(member), landed('acme/member/m2'), parked(m1), parked(m2)])
    expect([world.job(m1).status, world.job(m2).status]).toEqual(['starting', 'waiting'])
    finish(world, m1)
    expect([world.job(m1).status, world.job(m2).status]).toEqual(['succeeded', 'starting'])
  })

  it('a failed file halts it until it is cleared; with haltOnFailure: false it does not', () => {
    for (const haltOnFailure of [true, false]) {
      const world = acme(2, [{ payerId: 'acme', fileType: 'member', haltOnFailure }])
      world.run([landed(member), landed('acme/member/m2'), parked(m1), parked(m2)])
      world.run([over(m1, 'ProcessorFailed')])
      expect(world.job(m2).status).toBe(haltOnFailure ? 'waiting' : 'starting')
      world.run([deleted(member, '0099')])
      expect(world.job(m2).status).toBe('starting')
    }
  })
})

describe('capacity comes back exactly once', () => {
  const result = resultWritten('i-m1')
  it.each([
    ['over, over', [over(m1), over(m1)]],
    ['result, over', [result, over(m1)]],
    ['over, result', [over(m1), result]],
    [
      'result, result, instance ended, execution ended',
      [result, result, instance('i-m1', 'terminated'), ended(m1, 'FAILED')],
    ],
    ['all in one batch', [over(m1), result, over(m1), instance('i-m1', 'terminated')]],
  ])('%s', (_, messages) => {
    for (const together of [true, false]) {
      const world = member1AtWork()
      launch(world, m1, 'i-m1')
      writeResult(world, 'i-m1')
      expect(used(world)).toMatchObject({ usedVcpus: 2, usedInstances: 1 })
      for (const batch of together ? [messages] : messages.map((message) => [message])) world.run(batch)
      expect(used(world)).toMatchObject({ usedVcpus: 0, usedInstances: 0 })
      expect(world.get(kinds.scope, 'acme')?.types['member']).toMatchObject({ unfinished: 0, running: 0, succeeded: 1 })
    }
  })

  it('over for a job that holds nothing takes nothing', () => {
    const world = acme()
    world.run([landed(member)])
    world.run([over(m1, 'States.Timeout')])
    expect(used(world)).toMatchObject({ usedVcpus: 0, usedInstances: 0 })
    expect(world.job(m1)).toMatchObject({ status: 'failed', because: 'States.Timeout' })
  })
})

describe('a result wins over any other word', () => {
  it.each([
    ['execution ended by hand', ended(m1, 'ABORTED')],
    ['execution failed', ended(m1, 'FAILED', 'States.Timeout')],
    ['over with an error', over(m1, 'States.Timeout')],
    ['instance terminated', instance('i-m1', 'terminated')],
    ['instance stopped', instance('i-m1', 'stopped')],
  ])('%s, and a success in S3: succeeded', (_, message) => {
    const world = member1AtWork()
    launch(world, m1, 'i-m1')
    writeResult(world, 'i-m1')
    const calls = world.run([message])
    expect(world.job(m1)).toMatchObject({ status: 'succeeded', output: { names: ['a'] } })
    expect(calls).toContainEqual({ call: 'answer-attempt', job: m1, round: 1, attempt: 1 })
  })

  it('death without a result: lost, the turn is kept and the state machine is told', () => {
    const world = member1AtWork()
    launch(world, m1, 'i-m1')
    world.run([instance('i-m1', 'running')])
    expect(world.job(m1).status).toBe('running')
    world.results.set('runs/AROATEST:i-m1/progress.json', {})
    const calls = world.run([instance('i-m1', 'terminated')])
    expect(calls).toEqual([expect.objectContaining({ call: 'answer-attempt', error: 'InstanceLost' })])
    expect(world.job(m1)).toMatchObject({ status: 'starting', turn: 1 })
    expect(used(world).usedInstances).toBe(1)
  })

  it('a stopped instance is terminated too, and shutting-down is not believed', () => {
    const world = member1AtWork()
    launch(world, m1, 'i-m1')
    expect(world.run([instance('i-m1', 'shutting-down')])).toEqual([])
    world.results.set('runs/AROATEST:i-m1/progress.json', {})
    expect(world.run([instance('i-m1', 'stopped')])).toContainEqual({ call: 'terminate', instanceId: 'i-m1' })
  })

  it('stopped by hand in the console is its own reason', () => {
    const world = member1AtWork()
    world.run([ended(m1, 'ABORTED')])
    expect(world.job(m1)).toMatchObject({ status: 'failed', because: 'stopped-by-hand' })
  })

  it('the end of an instance that nobody knows yet is remembered', () => {
    const world = member1AtWork()
    world.run([instance('i-m1', 'terminated')])
    expect(world.get(kinds.instance, 'i-m1')).toMatchObject({ ended: 'terminated' })
  })
})
