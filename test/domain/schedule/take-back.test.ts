import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { deleted, instance, jobOf, landed, launch, over, parked, succeed, writeResult } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const member = 'acme/member/m'
const m = jobOf(member)
const gone = deleted(member, '0099')
const atWork = (): MemoryWorld => {
  const world = acme(1)
  world.run([landed(member)])
  world.run([parked(m)])
  launch(world, m, 'i-m')
  return world
}
const stops = (world: MemoryWorld) => world.calls.filter(({ call }) => call === 'terminate')

describe('what its owner takes back', () => {
  it.each([
    ['rejected', 'UnsoundFile', gone, 'withdrawn', 'deleted-by-owner'],
    ['failed', 'ProcessorFailed', gone, 'withdrawn', 'deleted-by-owner'],
    ['rejected', 'UnsoundFile', landed(member, 2), 'superseded', 'newer-version'],
    ['failed', 'ProcessorFailed', landed(member, 2), 'superseded', 'newer-version'],
  ])('%s (%s) by %j: %s, and blocks nobody', (was, error, message, status, because) => {
    const world = atWork()
    world.run([over(m, error)])
    expect(world.job(m)).toMatchObject({ status: was, blocks: true })
    world.run([message])
    expect(world.job(m)).toMatchObject({ status, because, blocks: false })
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({})
  })

  it('succeeded: it stays so, and nobody is told anything', () => {
    const world = acme(1)
    succeed(world, member)
    const before = world.job(m)
    expect(world.run([gone])).toEqual([])
    expect(world.job(m)).toEqual(before)
  })

  it.each(['starting', 'running'] as const)(
    '%s: its machine is stopped, and the end comes with the state machine',
    (status) => {
      const world = atWork()
      if (status === 'running') world.run([instance('i-m', 'running')])
      world.run([gone])
      expect(world.job(m)).toMatchObject({ status, stop: { status: 'withdrawn', because: 'deleted-by-owner' } })
      expect(world.get(kinds.attempt, m, 1, 1)).toMatchObject({ state: 'stopped', error: 'JobStopped' })
      expect(stops(world)).toEqual([{ call: 'terminate', instanceId: 'i-m' }])
      expect(world.calls).toContainEqual({
        ...{ call: 'answer-attempt', job: m, round: 1, attempt: 1, error: 'JobStopped', cause: 'deleted-by-owner' },
      })
    },
  )

  it('at work, with its success in S3 already: the success wins', () => {
    const world = atWork()
    writeResult(world, 'i-m')
    world.run([gone])
    expect(world.job(m)).toMatchObject({ status: 'succeeded' })
    expect(world.job(m).stop).toBeUndefined()
  })

  it('between two attempts, the first of them lost: it is stopped, whatever that one left behind later', () => {
    const world = atWork()
    world.run([instance('i-m', 'terminated')])
    writeResult(world, 'i-m')
    world.run([gone])
    expect(world.job(m)).toMatchObject({ status: 'starting', stop: { status: 'withdrawn' } })
    expect(world.get(kinds.attempt, m, 1, 1)?.state).toBe('lost')
  })
})
