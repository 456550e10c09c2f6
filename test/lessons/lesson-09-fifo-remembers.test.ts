import { describe, expect, it } from 'vitest'
import { sweep } from '#functions/sweep/sweep'
import { type Stage, stage } from '#test/functions/stage'

/** So many cycles that an edit of the payer's row goes on by a message (ten lanes a transaction). */
const CYCLES = 12
const cyclesWaiting = async (rows: Record<string, unknown> = { enabled: false }): Promise<Stage> => {
  const world = stage(2, [{ fileType: '*', pool: 'p', scope: 'cycle', graceSeconds: 0, ...rows }])
  for (let n = 10; n < 10 + CYCLES; n += 1) await world.admit(`acme/member/20${n}/m`)
  return world
}
const kinds = (world: Stage) => world.heard().map(({ message }) => message['kind'])

describe('lesson 9: a FIFO queue drops, for five minutes, a body that it had', () => {
  it('what an edit leaves to be done is said anew for every edit', async () => {
    const world = await cyclesWaiting()
    const edited = { kind: 'row-edited', payerId: 'acme', fileType: '*', after: 'acme#' }
    for (const _ of ['one edit', 'another, a second later']) {
      await world.say([edited])
      expect(kinds(world)).toEqual(['row-edited'])
      world.clock.now += 1000
    }
  })

  it('so is what an audit leaves', async () => {
    const world = await cyclesWaiting({})
    for (const message of [{ kind: 'audit' }, { kind: 'audit' }]) {
      await world.say([message])
      expect(kinds(world)).toEqual(['audit'])
      // The queue cannot tell a decision that changed nothing from the one before: nothing is lost by it.
      await world.say([world.drop(`acme/extra/2040/${world.clock.now++}`).event])
    }
  })

  it('ticks and due times are said anew by every look', async () => {
    const world = stage(2, [{ fileType: 'claims', after: [{ type: 'member', atLeast: 0 }], graceSeconds: 60 }])
    await world.admit('acme/claims/c')
    world.heard()
    for (const _ of [1, 2]) {
      world.clock.now += 60_000
      await sweep(world.deps, { look: 'all' })
      expect(kinds(world).toSorted()).toEqual(['due', 'tick'])
    }
  })

  it('a batch of both groups is applied whole', async () => {
    const world = stage()
    const a = world.drop('acme/member/a')
    await world.say([a.event])
    const b = world.drop('acme/member/b')
    expect(await world.say([b.event, world.parked(a.job)])).toEqual({ batchItemFailures: [] })
    expect([world.job(a.job).status, world.job(b.job).status]).toEqual(['starting', 'validating'])
  })
})
