import { describe, expect, it } from 'vitest'
import { Superseded } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import {
  deleted,
  instance,
  jobOf,
  landed,
  launch,
  over,
  parked,
  refused,
  succeed,
  writeAttempt,
} from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const member = 'acme/member/m1'
const m1 = jobOf(member)
const used = (world: MemoryWorld) => world.get(kinds.poolState, 'p') ?? { usedVcpus: 0, usedInstances: 0 }
const member1AtWork = (world = acme()): MemoryWorld => {
  world.run([landed(member)])
  world.run([parked(m1)])
  return world
}

describe('turns and tokens', () => {
  it('a turn is given back only with its own number', () => {
    const world = acme(1)
    world.run([landed(member)])
    world.run([parked(m1, 't1')])
    world.run([refused(m1, 1, 't2')])
    expect(used(world).usedInstances).toBe(0)
    world.now += 3_600_000
    world.run([{ kind: 'due', sk: world.under(keys.DUE)[0]?.sk ?? '', scope: 'acme' }])
    expect(world.job(m1)).toMatchObject({ status: 'starting', turn: 2 })
    const calls = world.run([refused(m1, 1, 't2')])
    expect(used(world).usedInstances).toBe(1)
    expect(calls).toEqual([expect.objectContaining({ call: 'answer-turn', tokens: ['t2'], turn: 2 })])
  })

  it('a turn with an attempt at work is not given back: a belated launch opened the next one meanwhile', () => {
    const world = member1AtWork()
    const attempt = launch(world, m1)
    writeAttempt(world, { ...attempt, rev: 2, state: 'refused' }, 1)
    launch(world, m1, 'i-2', 'belated')
    const calls = world.run([refused(m1, 1, 't2')])
    expect(world.job(m1).status).toBe('starting')
    expect(used(world).usedInstances).toBe(1)
    expect(calls).toEqual([expect.objectContaining({ call: 'answer-turn', tokens: ['t2'], turn: 1 })])
  })

  it('a refused turn pauses, keeps its place, and leaves the pool to others', () => {
    const world = acme(1)
    world.run([landed(member)])
    world.run([parked(m1, 't1')])
    world.run([landed('acme/member/m2')])
    world.run([refused(m1, 1, 't2')])
    expect(world.job(m1).status).toBe('waiting')
    expect(world.get(kinds.laneEntry, 'acme', 'member', world.job(m1).order, m1)).toMatchObject({
      state: 'parked',
      notBefore: world.now + 15_000,
    })
    expect(world.under(keys.DUE)).toHaveLength(1)
  })

  it('a file stopped while EC2 refused it ends as its owner wanted, not at its next turn', () => {
    const world = member1AtWork()
    world.run([deleted(member, '0099')])
    const calls = world.run([refused(m1, 1, 't2')])
    expect(world.job(m1)).toMatchObject({ status: 'withdrawn', because: 'deleted-by-owner' })
    expect(calls).toContainEqual(expect.objectContaining({ call: 'fail-tokens', error: 'JobStopped' }))
    expect(used(world).usedInstances).toBe(0)
  })

  it('all tokens of the wait are answered: the last one may be the dead duplicate', () => {
    const world = acme()
    world.pools.length = 0
    world.run([landed(member)])
    world.run([parked(m1, 't1')])
    world.run([parked(m1, 't2')])
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    const calls = world.run([{ kind: 'pool-edited', pool: 'p' }])
    expect(calls).toContainEqual(expect.objectContaining({ call: 'answer-turn', tokens: ['t1', 't2'], turn: 1 }))
  })

  it('a token that parks late gets an answer of its own, with the same turn', () => {
    const world = member1AtWork()
    const calls = world.run([parked(m1, 'late')])
    expect(calls).toEqual([expect.objectContaining({ call: 'answer-turn', job: m1, tokens: ['late'], turn: 1 })])
    expect(world.job(m1).turn).toBe(1)
  })

  it('a token that parks after the end is told so', () => {
    const world = acme()
    succeed(world, member)
    const calls = world.run([parked(m1, 'late')])
    expect(calls).toEqual([expect.objectContaining({ call: 'fail-tokens', tokens: ['late'], error: 'RoundIsOver' })])
    expect(world.job(m1).status).toBe('succeeded')
  })
})

describe('the fence beside `launch`', () => {
  it('the end of an unknown instance does not overwrite the record that `launch` makes at that moment', () => {
    const world = member1AtWork()
    const decision = world.decide([instance('i-m1', 'terminated')])
    launch(world, m1, 'i-m1')
    expect(() => world.commit(decision)).toThrow(Superseded)
    world.results.set('runs/AROATEST:i-m1/progress.json', {})
    expect(world.run([instance('i-m1', 'terminated')])).toEqual([
      expect.objectContaining({ call: 'answer-attempt', error: 'InstanceLost' }),
    ])
  })

  it('a round does not end over an attempt that was opened after the look', () => {
    const world = member1AtWork()
    const decision = world.decide([over(m1, 'States.Timeout')])
    launch(world, m1, 'i-m1')
    expect(() => world.commit(decision)).toThrow(Superseded)
    world.run([over(m1, 'States.Timeout')])
    expect(world.calls).toContainEqual({ call: 'terminate', instanceId: 'i-m1' })
  })

  it('an attempt does not close over an instance that was recorded after the look', () => {
    const world = member1AtWork()
    const attempt = launch(world, m1)
    const decision = world.decide([over(m1, 'States.Timeout')])
    writeAttempt(world, { ...attempt, rev: 2, instanceId: 'i-m1' }, 1)
    expect(() => world.commit(decision)).toThrow(Superseded)
  })

  it('a stop is not written over an attempt that was opened after the look', () => {
    const world = member1AtWork()
    const decision = world.decide([deleted(member, '0099')])
    launch(world, m1, 'i-m1')
    expect(() => world.commit(decision)).toThrow(Superseded)
  })

  it('a turn is not given back over an attempt that was opened after the look', () => {
    const world = member1AtWork()
    const decision = world.decide([refused(m1, 1, 't2')])
    launch(world, m1, 'i-m1')
    expect(() => world.commit(decision)).toThrow(Superseded)
  })
})
