import { describe, expect, it } from 'vitest'
import { putPool } from '#adapters/memory/policy-tables'
import { openBooks } from '#domain/schedule/books'
import { explain } from '#domain/schedule/explain'
import { think } from '#functions/think'
import { type Stage, stage } from '#test/functions/stage'

const why = async (world: Stage, job: string) => {
  const found = await think(explain(openBooks(world.clock.now, 0), job), world.deps)
  if (!found) throw new Error(`no explanation of ${job}`)
  return found
}

describe('lesson 18: "why is it waiting?"', () => {
  it('everything that waits has a reason, its position, and what would let it go', async () => {
    const world = stage(1, [
      { fileType: 'extra', ordered: false },
      { fileType: 'big', ordered: false, instanceTypes: ['m7i.xlarge'], pool: 'small' },
      { fileType: 'off', enabled: false },
    ])
    putPool(world.state.policies, { pool: 'small', maxVcpus: 2, maxInstances: 1 })
    const waits: [key: string, because: string, letsItGo: RegExp, position: number][] = [
      ['acme/member/m2', 'behind-in-lane', /file before it/, 2],
      ['acme/claims/c1', 'member-file-unfinished', /end of the member files/, 1],
      ['acme/claims/c2', 'member-file-unfinished', /end of the member files/, 2],
      ['acme/extra/e1', 'pool-full', /end of a file of its pool/, 1],
      ['acme/extra/e2', 'behind-in-lane', /file before it/, 2],
      ['acme/big/b', 'never-fits', /higher ceiling/, 1],
      ['acme/off/o', 'paused', /enabled: true/, 1],
    ]
    await world.admit('acme/member/m1')
    for (const [key, because, letsItGo, position] of waits) {
      const job = await world.admit(key)
      expect(await why(world, job), key).toMatchObject({
        ...{ because, wouldLetItGo: expect.stringMatching(letsItGo), lane: { position } },
        sentence: expect.stringMatching(/.{10}/),
      })
    }
  })

  it.each([
    ['nobody/member/m', 'unknown-payer', /row for the payer/],
    ['acme', 'unroutable-key', /drop it again/],
  ])('%s, which has not even an execution: %s', async (key, because, letsItGo) => {
    const world = stage()
    const { job, event } = world.drop(key)
    await world.say([event])
    expect(await why(world, job)).toMatchObject({ because, wouldLetItGo: expect.stringMatching(letsItGo) })
  })
})
