import { describe, expect, it } from 'vitest'
import { openBooks } from '#domain/schedule/books'
import { type Explanation, explain } from '#domain/schedule/explain'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { ownersLife } from '#test/properties/owners-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { calm, type Odds } from '#test/support/world-around'
import { scopesOf } from '#test/support/world-invariants'

const rough: Odds = { unsound: 15, refused: 20, dies: 20, badResult: 25, crash: 15, lostEvent: 20, abort: 2 }

const explained = (world: MemoryWorld, job: string): Explanation | undefined => {
  const explaining = explain(openBooks(world.now, 0), job)
  let step = explaining.next()
  while (!step.done) step = explaining.next(world.answer(step.value))
  return step.value
}

/** What is wrong with what every job is told: it always has a reason, a sentence and a way on, and a place that exists. */
const wrongWords = (world: MemoryWorld): string[] =>
  world.jobs().flatMap(({ job }) => {
    const told = explained(world, job)
    if (!told) return [`${job} has no explanation`]
    const wrong: string[] = []
    if (told.because === '' || told.sentence === '' || told.wouldLetItGo.length < 5) wrong.push('says nothing')
    if (told.because === 'internal-error') wrong.push(told.sentence)
    if (told.since > world.now) wrong.push('waits since tomorrow')
    if (told.lane && told.lane.position > told.lane.of) wrong.push(`stands at ${told.lane.position} of ${told.lane.of}`)
    if (told.pool && told.pool.position < 1) wrong.push('stands on no place of its board')
    for (const other of told.waitingFor.filter((each) => each.startsWith('acme-') || each.startsWith('bolt-')))
      if (!world.get(kinds.job, other) || other === job) wrong.push(`waits for ${other}`)
    return wrong.map((each) => `${job}, told ${told.because}: ${each}`)
  })

describe.each([
  ['nothing goes wrong', calm, 25],
  ['everything goes wrong', rough, 40],
])('owners who ask anything at any time, while %s', (_, odds, worlds) => {
  it('break no rule; everything that waits can be told why; and when they let go, everything moves', () => {
    const [done, refused] = [new Set<string>(), new Set<string>()]
    for (let seed = 1; seed <= worlds; seed++) {
      const { world, answers, ask, rest, fail } = ownersLife(seed, odds, wrongWords)
      for (const action of answers.done.keys()) done.add(action)
      for (const action of answers.refused.keys()) refused.add(action)
      // Twice: what the first time sets free may fail.
      for (let n = 0; n < 2; n++) {
        for (const [scope, { types }] of scopesOf(world))
          for (const [type, { owned }] of Object.entries(types)) {
            if (owned) ask({ action: 'resume', lane: { scope, type } })
            if (type === 'claims') ask({ action: 'waive', lane: { scope, type } })
          }
        for (const { job, owned, blocks } of world.jobs()) {
          if (owned) ask({ action: 'resume', job })
          if (blocks) ask({ action: 'excuse', job })
        }
        rest()
      }
      const left = world.jobs().filter(({ status, payerId }) => !isOver(status) && payerId !== 'cora')
      if (odds === calm)
        fail(left.map(({ job, status }) => `${job} is still ${status}: ${explained(world, job)?.sentence}`))
      expect(world.get(kinds.poolState, 'p') ?? { usedVcpus: 0, usedInstances: 0 }).toMatchObject({
        usedVcpus: 0,
        usedInstances: 0,
      })
      expect(world.under(keys.OPEN)).toEqual([])
    }
    const asked = ['retry', 'excuse', 'waive', 'hold', 'resume', 'withdraw', 'stop']
    expect([...refused].sort()).toEqual([...asked].sort())
    // Without failures only a stop leaves something to retry or excuse.
    const sure = odds === calm ? asked.filter((action) => action !== 'retry' && action !== 'excuse') : asked
    expect(sure.filter((action) => !done.has(action))).toEqual([])
  }, 120_000)
})
