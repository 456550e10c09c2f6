import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, launch, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const m1 = jobOf('acme/member/m1')
const c1 = jobOf('acme/claims/c1')

/** A member file at work, claims behind their gate, a failed file that blocks. */
const busy = (): MemoryWorld => {
  const world = acme(2, [{ payerId: 'acme', fileType: 'member', haltOnFailure: false }])
  const m0 = jobOf('acme/member/m0')
  world.run([landed('acme/member/m0'), over(m0, 'UnsoundFile', '{}')])
  world.run([landed('acme/member/m1'), landed('acme/claims/c1'), parked(m1), parked(c1)])
  launch(world, m1, 'i-1')
  return world
}
const repairs = (world: MemoryWorld, messages = [{ kind: 'audit' as const }]) => world.decide(messages).repaired
const typeIn = (world: MemoryWorld, type: string) => world.get(kinds.scope, 'acme')?.types[type]

const change = (world: MemoryWorld, type: string, made: object): void => {
  const scope = world.get(kinds.scope, 'acme')
  const now = scope?.types[type]
  if (!scope || !now) throw new Error(`no ${type} in the scope`)
  world.put(kinds.scope, ['acme'], { ...scope, types: { ...scope.types, [type]: { ...now, ...made } } })
}

describe('the audit of sums', () => {
  it('finds nothing in a healthy system, at any moment of a life', () => {
    const world = busy()
    expect(repairs(world)).toEqual([])
    finish(world, m1)
    world.run([
      { kind: 'request', id: 'retry-m0', action: 'retry', job: jobOf('acme/member/m0'), who: 'Ann', why: 'x' },
    ])
    expect(repairs(world)).toEqual([])
    expect(world.decide([{ kind: 'audit' }]).writes).toEqual([])
  })

  it.each([
    { sum: 'unfinished', type: 'member', was: { unfinished: 7 }, found: { was: 7, counted: 1 } },
    { sum: 'unfinished', type: 'claims', was: { unfinished: 0 }, found: { was: 0, counted: 1 } },
    { sum: 'running', type: 'member', was: { running: 0 }, found: { was: 0, counted: 1 } },
    { sum: 'running', type: 'claims', was: { running: 3 }, found: { was: 3, counted: 0 } },
    { sum: 'blocking', type: 'member', was: { blocking: { gone: 'failed' } }, found: { was: 1, counted: 0 } },
  ])('puts $sum of $type right: $found.was becomes $found.counted', ({ sum, type, was, found }) => {
    const world = busy()
    change(world, type, was)
    expect(repairs(world)).toEqual([{ what: `lane acme/${type}: ${sum}`, ...found }])
    world.run([{ kind: 'audit' }])
    expect(repairs(world)).toEqual([])
  })

  it('a pool that says it is full though it is not gives way to what waits for it', () => {
    const world = acme(1)
    world.run([landed('acme/member/m1'), parked(m1)])
    finish(world, m1)
    world.put(kinds.poolState, ['p'], { usedVcpus: 2, usedInstances: 1, listed: true })
    world.run([landed('acme/claims/c1'), parked(c1)])
    expect(world.job(c1).status).toBe('waiting')
    expect(repairs(world)).toEqual([
      { what: 'pool p: usedVcpus', was: 2, counted: 0 },
      { what: 'pool p: usedInstances', was: 1, counted: 0 },
    ])
    world.run([{ kind: 'audit' }])
    expect(world.job(c1).status).toBe('starting')
  })

  it('a gate kept shut by a wrong count opens', () => {
    const world = acme()
    world.run([landed('acme/member/m1'), parked(m1)])
    finish(world, m1)
    change(world, 'member', { unfinished: 1 })
    world.run([landed('acme/claims/c1'), parked(c1)])
    expect(world.job(c1).status).toBe('waiting')
    world.run([{ kind: 'audit' }])
    expect(world.job(c1).status).toBe('starting')
  })

  it('lets counts alone that an older version began, until they come to none', () => {
    const world = busy()
    change(world, 'member', { listed: false, holds: undefined, unfinished: 2 })
    world.put(kinds.poolState, ['p'], { usedVcpus: 4, usedInstances: 2, listed: true })
    expect(repairs(world)).toEqual([])
    change(world, 'member', { listed: false, unfinished: 0 })
    world.run([landed('acme/member/m9')])
    expect(typeIn(world, 'member')).toMatchObject({ listed: true, unfinished: 1 })
  })

  it('goes on lane by lane, ten at a time', () => {
    const world = acme(40)
    for (let n = 10; n < 22; n += 1) {
      world.rows.push({ payerId: 'acme', fileType: `t${n}` })
      world.run([landed(`acme/t${n}/f`)])
    }
    const lanes = world.under(keys.LANES).length
    if (lanes <= 10) throw new Error(`only ${lanes} lanes`)
    const [sent] = world.decide([{ kind: 'audit' }]).calls
    const tenth = world.under(keys.LANES)[9]?.sk
    expect(sent?.what).toEqual({ call: 'send', body: expect.stringContaining(`"after":"${tenth}"`) })
    expect(world.decide([{ kind: 'audit', after: tenth }]).calls).toEqual([])
  })

  describe('a lane that stood empty for thirty days', () => {
    const DAYS = 24 * 3_600_000
    const listed = (world: MemoryWorld) =>
      world.under(keys.LANES).map(({ value }) => Reflect.get(Object(value), 'type'))
    const emptied = () => {
      const world = acme(2)
      world.run([landed('acme/member/m1'), parked(m1)])
      launch(world, m1, 'i-1')
      finish(world, m1)
      return world
    }

    it('leaves the list of lanes, and nothing else of it goes', () => {
      const world = emptied()
      world.now += 30 * DAYS
      world.run([{ kind: 'audit' }])
      expect(listed(world)).toEqual(['member'])
      const before = typeIn(world, 'member')
      world.now += 1
      world.run([{ kind: 'audit' }])
      expect(listed(world)).toEqual([])
      expect(typeIn(world, 'member')).toEqual(before)
      expect(before).toMatchObject({ succeeded: 1, okJob: m1 })
    })

    it('is listed again by its next file, whose gate knows what has succeeded', () => {
      const world = emptied()
      world.now += 31 * DAYS
      world.run([{ kind: 'audit' }])
      world.run([landed('acme/claims/c1'), parked(c1)])
      expect(listed(world)).toEqual(['claims'])
      expect(world.job(c1).status).toBe('starting')
      world.run([landed('acme/member/m2')])
      expect(listed(world)).toEqual(['claims', 'member'])
    })

    it('is listed again by a retry', () => {
      const world = acme(2, [{ payerId: 'acme', fileType: 'extra' }])
      const e = jobOf('acme/extra/e')
      world.run([landed('acme/extra/e'), over(e, 'UnsoundFile', '{}')])
      world.run([{ kind: 'request', id: 'excuse-e', action: 'excuse', job: e, who: 'Ann', why: 'x' }])
      world.now += 31 * DAYS
      world.run([{ kind: 'audit' }])
      expect(listed(world)).toEqual([])
      world.run([{ kind: 'request', id: 'retry-e', action: 'retry', job: e, who: 'Ann', why: 'x' }])
      expect(listed(world)).toEqual(['extra'])
    })

    it.each([
      { why: 'a file of it waits', change: { unfinished: 1 }, files: ['acme/member/m9'] },
      { why: 'a failed file blocks in it', change: {}, files: [] },
      { why: 'its owner holds it', change: { owned: { who: 'Ann', why: 'x' } }, files: [] },
    ])('stays while $why', ({ why, change: made, files }) => {
      const world = emptied()
      if (why.startsWith('a failed'))
        world.run([landed('acme/member/m3'), over(jobOf('acme/member/m3'), 'UnsoundFile', '{}')])
      world.run(files.map((file) => landed(file)))
      change(world, 'member', made)
      world.now += 31 * DAYS
      world.run([{ kind: 'audit' }])
      expect(listed(world)).toEqual(['member'])
    })
  })
})
