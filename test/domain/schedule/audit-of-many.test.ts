import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { jobOf, launch, over } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { questionsOf } from '#test/support/questions-of'
import { row, wait } from '#test/support/told'

const audit = { kind: 'audit' as const }
const repairs = (world: MemoryWorld, after?: string) =>
  world.decide([{ ...audit, ...(after === undefined ? {} : { after }) }]).repaired

/** Two pools, a file at work in each. */
const twoPools = (): MemoryWorld => {
  const world = acme(2, [row('extra'), row('big', { pool: 'q', instanceTypes: ['m7i.xlarge'] })])
  world.pools.push({ pool: 'q', maxVcpus: 8, maxInstances: 2 })
  wait(world, 'acme/extra/e', 'acme/big/b')
  return world
}

describe('the audit of many sums', () => {
  it('counts each pool by its own jobs', () => {
    const world = twoPools()
    expect(repairs(world)).toEqual([])
    world.put(kinds.poolState, ['p'], { usedVcpus: 2, usedInstances: 2, listed: true })
    world.put(kinds.poolState, ['q'], { usedVcpus: 3, usedInstances: 1, listed: true })
    expect(repairs(world)).toEqual([
      { what: 'pool p: usedInstances', was: 2, counted: 1 },
      { what: 'pool q: usedVcpus', was: 3, counted: 4 },
    ])
    world.run([audit])
    expect(world.get(kinds.poolState, 'p')).toEqual({ usedVcpus: 2, usedInstances: 1, listed: true })
    expect(world.get(kinds.poolState, 'q')).toEqual({ usedVcpus: 4, usedInstances: 1, listed: true })
  })

  it('counts pools once, not again with every ten lanes', () => {
    const world = twoPools()
    world.put(kinds.poolState, ['p'], { usedVcpus: 9, usedInstances: 9, listed: true })
    expect(repairs(world, 'acme#acme#a')).toEqual([])
    expect(repairs(world)).toHaveLength(2)
  })

  it('a pool that is listed and of which nothing is known is passed over', () => {
    const world = twoPools()
    world.put(kinds.poolRef, ['r'], { pool: 'r' })
    const { repaired, troubled, writes } = world.decide([audit])
    expect([repaired, troubled, writes]).toEqual([[], [], []])
  })

  it('failed and rejected files block until they are cleared', () => {
    const world = acme(1, [{ payerId: 'acme', fileType: 'member', haltOnFailure: false }])
    const [a, b] = [jobOf('acme/member/a'), jobOf('acme/member/b')]
    wait(world, 'acme/member/a', 'acme/member/b')
    launch(world, a, 'i-a')
    world.run([over(a, 'ProcessorFailed'), over(b, 'UnsoundFile')])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({ [a]: 'failed', [b]: 'rejected' })
    expect(repairs(world)).toEqual([])
    const cleared = { ...world.job(a), blocks: false }
    world.put(kinds.job, [a], cleared)
    expect(repairs(world)).toEqual([{ what: 'lane acme/member: blocking', was: 2, counted: 1 }])
    world.put(kinds.job, [a], { ...cleared, blocks: true, status: 'validating' })
    expect(repairs(world)).toEqual([{ what: 'lane acme/member: blocking', was: 2, counted: 1 }])
    world.run([audit])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({ [b]: 'rejected' })
  })

  it('what cannot be read is named, and the rest is counted', () => {
    const world = twoPools()
    const put = (key: keys.Key) =>
      world.put({ schema: kinds.tokens.schema, key: () => key }, [], { round: 1, tokens: [] })
    put(keys.job(jobOf('acme/big/b')))
    const lane = world.decide([audit])
    expect(lane.troubled.map(({ what }) => what)).toEqual(['lane acme/big'])
    put(keys.poolState('p'))
    expect(world.decide([audit]).troubled.map(({ what }) => what)).toContain('sums of pools')
  })

  it('reads the scopes, and the jobs of a lane, in one request each', () => {
    const world = acme(3, [row('extra')])
    wait(world, 'acme/extra/a', 'acme/extra/b', 'acme/extra/c')
    const asked = questionsOf([audit], world).flatMap((question) => (question.ask === 'items' ? [question.keys] : []))
    expect(asked.filter((all) => all.some(({ pk }) => pk.startsWith('JOB#'))).map((all) => all.length)).toEqual([3])
    expect(asked.filter((all) => all.some(({ pk }) => pk.startsWith('SCOPE#'))).map((all) => all.length)).toEqual([1])
  })
})
