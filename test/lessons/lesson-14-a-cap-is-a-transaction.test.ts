import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import { type Stage, stage } from '#test/functions/stage'

/** As the queue does: a batch that could not be decided, because others wrote first, comes again. */
const deliver = async (world: Stage, bodies: unknown[]): Promise<void> => {
  for (let left = 1; left > 0; ) left = (await world.say(bodies)).batchItemFailures.length
}

describe('lesson 14: a cap is a transaction, not a count', () => {
  it.each([1, 3])('twenty files that park at once with two schedulers at work: never more than %i', async (cap) => {
    const world = stage(cap, [{ fileType: 'extra', ordered: false, processor: 'members' }])
    const files = Array.from({ length: 20 }, (_, n) => world.drop(`acme/extra/${n}`))
    for (const { event } of files) await world.say([event])
    const atWork = () =>
      files.filter(({ job }) => ['starting', 'running'].includes(world.job(job).status)).map(({ job }) => job)

    for (let at = 0; at < files.length; at += 4) {
      const [left, right] = [files.slice(at, at + 2), files.slice(at + 2, at + 4)]
      await Promise.all(
        [left, right].map((some) =>
          deliver(
            world,
            some.map(({ job }) => world.parked(job)),
          ),
        ),
      )
      expect(atWork().length).toBeLessThanOrEqual(cap)
    }
    expect(atWork()).toHaveLength(cap)

    for (let ended = 0; ended < files.length; ended += 1) {
      const [job = ''] = atWork()
      await world.launch(job)
      await Promise.all([deliver(world, [world.result(job)]), deliver(world, [{ kind: 'pool-edited', pool: 'p' }])])
      await world.drain()
      expect(atWork()).toHaveLength(Math.min(cap, files.length - ended - 1))
      expect(world.itemsOf('POOL#p', keys.poolState('p').sk)[0]?.value).toMatchObject({
        usedInstances: atWork().length,
        usedVcpus: 2 * atWork().length,
      })
    }
  })
})
