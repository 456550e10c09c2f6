import { describe, expect, it } from 'vitest'
import type { Deciding } from '#domain/schedule/books'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { heldStandings, laneStandings, type Standings } from '#domain/schedule/standings'
import { acme } from '#test/support/acme'
import { deleted, jobOf, landed, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { row, wait } from '#test/support/told'

const answered = (world: MemoryWorld, deciding: Deciding<Standings>): Standings => {
  let step = deciding.next()
  while (!step.done) step = deciding.next(world.answer(step.value))
  return step.value
}
const lanes = (world: MemoryWorld, after?: string) => answered(world, laneStandings(world.now, after))
const held = (world: MemoryWorld, after?: string) => answered(world, heldStandings(world.now, after))
const began = 1_000_000_000_000

describe('how lanes stand', () => {
  it('an idle scope has no standing, nor has a lane whose files are all at work or over', () => {
    const world = acme()
    expect(lanes(world)).toEqual({ standings: [] })
    wait(world, 'acme/member/m')
    expect(lanes(world)).toEqual({ standings: [] })
    world.run([over(jobOf('acme/member/m'), 'ProcessorFailed')])
    expect(lanes(world)).toEqual({ standings: [] })
  })

  it.each([
    ['a full pool', 'acme/extra/e', 'pool-full', false],
    ['a gate', 'acme/claims/c', 'file-unfinished', true],
    ['a file of its lane', 'acme/member/n', 'running-ahead', false],
    ['its row', 'acme/off/o', 'paused', false],
  ])('files behind %s: how many, why, and since when the first is here', (_, key, because, gated) => {
    const world = acme(1, [row('extra'), row('off', { enabled: false })])
    wait(world, 'acme/member/m')
    world.now += 1000
    wait(world, key, `${key}2`)
    world.now += 1000
    const since = because === 'running-ahead' ? began : began + 1000
    expect(lanes(world).standings).toEqual([{ because, jobs: 2, since, gated }])
  })

  it('files that are being validated, from the latest of them on where the lane is not ordered', () => {
    const world = acme(1, [row('extra')])
    world.run([landed('acme/extra/e')])
    world.now += 1000
    world.run([landed('acme/extra/f')])
    expect(lanes(world).standings).toEqual([{ because: 'validating', jobs: 2, since: began + 1000, gated: false }])
  })

  it('a lane that cannot be read says so, and the next is told all the same', () => {
    const world = acme(1, [row('extra', { enabled: false }), row('other', { enabled: false })])
    wait(world, 'acme/extra/e', 'acme/other/o')
    const [entry] = world.under(keys.lanePk('acme', 'extra'))
    if (entry) Object.assign(entry, { value: {} })
    expect(lanes(world).standings).toEqual([
      { because: 'internal-error', jobs: 1, since: began, gated: false },
      { because: 'paused', jobs: 1, since: began, gated: false },
    ])
  })

  it.each([
    [99, [99]],
    [100, [100, 0]],
    [101, [100, 1]],
  ])('%i lanes are told in pages of a hundred', (n, pages) => {
    const world = acme(1, [row('extra', { scope: 'cycle', enabled: false })])
    for (let i = 0; i < n; i += 1) wait(world, `acme/extra/${1000 + i}/e`)
    const told: number[] = []
    let next: string | undefined
    do {
      const page = lanes(world, next)
      told.push(page.standings.length)
      next = page.next
    } while (next !== undefined)
    expect(told).toEqual(pages)
  })

  it('reads the scopes of a page in one request', () => {
    const world = acme(1, [row('extra', { scope: 'cycle', enabled: false })])
    for (const cycle of ['1', '2', '3']) world.run([landed(`acme/extra/${cycle}/e`)])
    const deciding = laneStandings(world.now)
    const asked: number[] = []
    let step = deciding.next()
    while (!step.done) {
      if (step.value.ask === 'items')
        asked.push(step.value.keys.filter(({ pk }) => pk.startsWith('SCOPE#acme#')).length)
      step = deciding.next(world.answer(step.value))
    }
    expect(asked.filter((n) => n > 0)).toEqual([3])
  })
})

describe('how held files stand', () => {
  it('each by its reason, while it is held', () => {
    const world = acme()
    expect(held(world)).toEqual({ standings: [] })
    world.run([landed('zoe/member/z')])
    world.now += 1000
    world.run([landed('x'), landed('acme/odd/o'), parked(jobOf('acme/odd/o'))])
    const standings = held(world).standings.toSorted((a, b) => (a.because < b.because ? -1 : 1))
    expect(standings).toEqual([
      { because: 'unknown-payer', jobs: 1, since: began, gated: false },
      { because: 'unknown-type', jobs: 1, since: began + 1000, gated: false },
      { because: 'unroutable-key', jobs: 1, since: began + 1000, gated: false },
    ])
    world.put(kinds.heldFile, ['zoe', '0', 'nobody'], { job: 'nobody' })
    world.put(kinds.heldFile, ['acme', '0', 'over'], { job: jobOf('acme/member/m') })
    world.run([landed('acme/member/m'), deleted('acme/member/m', '0099')])
    expect(held(world).standings).toHaveLength(3)
  })

  it.each([
    [99, [99]],
    [100, [100, 0]],
    [101, [100, 1]],
  ])('%i files are told in pages of a hundred', (n, pages) => {
    const world = acme()
    world.run(Array.from({ length: n }, (_, i) => landed(`zoe/member/${i}`)))
    const told: number[] = []
    let next: string | undefined
    do {
      const page = held(world, next)
      told.push(page.standings.length)
      next = page.next
    } while (next !== undefined)
    expect(told).toEqual(pages)
  })
})
