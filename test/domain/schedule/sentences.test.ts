import { describe, expect, it } from 'vitest'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { deleted, ended, jobOf, landed, launch, type Of, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { told } from '#test/support/told'

const member = 'acme/member/m'
const m = jobOf(member)
const asks = (action: Of<'request'>['action']): Message => ({
  ...{ kind: 'request', id: `to-${action}`, action, job: m, who: 'ana', why: 'sent twice' },
})
const gone = deleted(member, '0099')
const again = landed(member, 2)

/** A file in a state that has a sentence of its own, which must not outlive it. */
const held = (): MemoryWorld => {
  const world = acme()
  world.rows.length = 0
  world.run([landed(member)])
  expect(world.job(m).sentence).toMatch(/no row/)
  return world
}
const atWork = (): MemoryWorld => {
  const world = acme()
  world.run([landed(member)])
  world.run([parked(m)])
  launch(world, m, 'i-m')
  return world
}
const failed = (): MemoryWorld => {
  const world = atWork()
  world.run([over(m, 'ProcessorFailed', 'it broke')])
  return world
}
const stopped = (...messages: Message[]): (() => MemoryWorld) => {
  return () => {
    const world = atWork()
    for (const message of [...messages, over(m, 'JobStopped')]) world.run([message])
    return world
  }
}
const then =
  (before: () => MemoryWorld, message: Message): (() => MemoryWorld) =>
  () => {
    const world = before()
    world.run([message])
    return world
  }

describe('the sentence belongs to the reason beside it', () => {
  const withdrawn = ['withdrawn-by-owner', 'withdrawn by ana: sent twice'] as const
  const deletedOne = ['deleted-by-owner', 'its object was deleted from the landing bucket'] as const
  const newer = ['newer-version', 'a newer version of its key has taken its place'] as const
  const byHand = ['stopped-by-hand', 'its execution was stopped by hand; retry starts a new round'] as const

  it.each<readonly [string, string, string, () => MemoryWorld]>([
    ['held for its row, then withdrawn', ...withdrawn, then(held, asks('withdraw'))],
    ['failed, then withdrawn', ...withdrawn, then(failed, asks('withdraw'))],
    ['at work, then withdrawn', ...withdrawn, stopped(asks('withdraw'))],
    ['held for its row, then deleted', ...deletedOne, then(held, gone)],
    ['failed, then deleted', ...deletedOne, then(failed, gone)],
    ['at work, then deleted', ...deletedOne, stopped(gone)],
    ['announced after its deletion', ...deletedOne, then(() => then(acme, gone)(), landed(member))],
    ['held for its row, then replaced', ...newer, then(held, again)],
    ['failed, then replaced', ...newer, then(failed, again)],
    ['at work, then stopped', 'stopped-by-owner', 'stopped by ana: sent twice', stopped(asks('stop'))],
    ['stopped by hand', ...byHand, then(atWork, ended(m, 'ABORTED'))],
    ['over without a cause', 'States.Timeout', 'its execution gave no cause', then(atWork, over(m, 'States.Timeout'))],
    [
      'over with what a function threw',
      'AttemptsExhausted',
      '3 of 3 attempts used',
      then(
        atWork,
        over(m, 'AttemptsExhausted', JSON.stringify({ errorMessage: '3 of 3 attempts used', trace: ['at x'] })),
      ),
    ],
  ])('%s: %s, %s', (_what, because, sentence, world) => {
    const { job } = told(world(), member)
    expect([job.because, job.sentence]).toEqual([because, sentence])
  })

  it('a retried file has neither, and no findings of the round before', () => {
    const world = acme()
    world.run([landed(member)])
    const finding = { code: 'SE01', message: 'counts differ', segment: 3, byte: 40 }
    world.run([over(m, 'UnsoundFile', JSON.stringify({ report: 'r1.json', findings: [finding] }))])
    expect(world.job(m)).toMatchObject({ because: 'SE01', sentence: 'counts differ', findings: [finding] })
    world.run([asks('retry')])
    const { because, sentence, findings } = world.job(m)
    expect([because, sentence, findings]).toEqual([undefined, undefined, undefined])
  })
})
