import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { instance, jobOf, launch, over } from '#test/support/file-life'
import { row, wait } from '#test/support/told'

const member = 'acme/member/m'
const m = jobOf(member)
const T = 1_000_000_000_000

/** A machine lost 300 s after its attempt was opened; times in seconds from the opening. */
const lost = (given: { launched?: number; running?: number; price?: number; candidate?: number }) => {
  const world = acme(1)
  wait(world, member)
  const attempt = launch(world, m, 'i-m')
  const [candidate] = attempt.request.candidates
  if (!candidate) throw new Error('no candidate')
  const { launched, running, price = 1, candidate: at = 0 } = given
  const priced = { ...candidate, ...(price > 0 ? { usdPerHour: price } : {}) }
  world.put(kinds.attempt, [m, 1, 1], {
    ...attempt,
    ...{ candidate: at, request: { ...attempt.request, candidates: [priced] } },
    ...(launched === undefined ? {} : { launchedAt: T + launched * 1000 }),
  })
  if (running !== undefined) world.put(kinds.job, [m], { ...world.job(m), runningAt: T + running * 1000 })
  world.now = T + 300_000
  const { troubled } = world.decide([instance('i-m', 'terminated')])
  expect(troubled).toEqual([])
  world.run([instance('i-m', 'terminated')])
  return world.job(m).spent
}

describe('a machine is billed', () => {
  it.each([
    ['from the moment that it runs', { launched: 10, running: 30 }, 270],
    ['from that moment, be it that of its opening', { launched: 10, running: 0 }, 300],
    ['from its launch when the word is of the machine before it', { launched: 10, running: -50 }, 290],
    ['from its launch where nobody said that it runs', { launched: 10 }, 290],
    ['from its opening where the launch is not known either', {}, 300],
  ])('%s', (_, given, billedSeconds) => expect(lost(given)).toMatchObject({ billedSeconds, usefulSeconds: 0 }))

  it.each([
    ['without a price', { price: 0 }],
    ['of a candidate that is not there', { candidate: 7 }],
  ])('not at all %s', (_, given) => expect(lost(given)).toBeUndefined())

  it('not at all when there was none', () => {
    const world = acme(1)
    wait(world, member)
    const attempt = launch(world, m)
    const candidates = attempt.request.candidates.map((candidate) => ({ ...candidate, usdPerHour: 1 }))
    world.put(kinds.attempt, [m, 1, 1], { ...attempt, request: { ...attempt.request, candidates } })
    world.run([over(m, 'States.Timeout')])
    expect(world.job(m).spent).toBeUndefined()
    expect(world.get(kinds.scope, 'acme')?.spent).toBeUndefined()
  })

  it('and what cannot be charged is named by its job, whose round ends all the same', () => {
    const world = acme(1, [row('extra', { scope: 'cycle' })])
    const job = jobOf('acme/extra/2026/e')
    wait(world, 'acme/extra/2026/e')
    const attempt = launch(world, job, 'i-e')
    const candidates = attempt.request.candidates.map((candidate) => ({ ...candidate, usdPerHour: 1 }))
    world.put(kinds.attempt, [job, 1, 1], { ...attempt, request: { ...attempt.request, candidates } })
    world.put({ schema: kinds.shard.schema, key: () => keys.scope('acme') }, [], { seq: 1 })
    const decision = world.decide([over(job, 'States.Timeout')])
    expect(decision.troubled[0]?.what).toBe(`cost of job ${job}`)
    world.commit(decision)
    expect(world.job(job).status).toBe('failed')
  })
})
