import { describe, expect, it } from 'vitest'
import type { Question } from '#domain/schedule/books'
import { decide } from '#domain/schedule/decide'
import * as keys from '#domain/schedule/keys'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { deleted, instance, jobOf, landed, launch, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const member = 'acme/member/m'
const m = jobOf(member)

const questions = (messages: readonly Message[], world: MemoryWorld): Question[] => {
  const asked: Question[] = []
  const deciding = decide(messages, world.now)
  let step = deciding.next()
  while (!step.done) {
    asked.push(step.value)
    step = deciding.next(world.answer(step.value))
  }
  return asked
}
const shard = keys.shard.key()

describe('what a batch will surely touch is read in one request', () => {
  it.each<[string, Message, keys.Key[]]>([
    ['landed', landed(member), [shard, keys.job.key(m), keys.keyState.key('landing', member)]],
    ['deleted', deleted(member, '0099'), [shard, keys.keyState.key('landing', member)]],
    ['parked', parked(m), [shard, keys.job.key(m), keys.tokens.key(m)]],
    ['over', over(m), [shard, keys.job.key(m)]],
    ['instance', instance('i-1', 'terminated'), [shard, keys.instance.key('i-1')]],
    ['tick', { kind: 'tick' }, [shard]],
    [
      'a request about a lane',
      {
        ...{ kind: 'request', id: 'request-1', action: 'waive', who: 'ana', why: 'so' },
        lane: { scope: 'acme', type: 'claims' },
      },
      [shard],
    ],
  ])('%s', (_, message, wanted) => {
    const [first] = questions([message], acme())
    expect(first).toEqual({ ask: 'items', keys: wanted })
  })

  it('an admission and a result ask no more often than is written here', () => {
    const world = acme()
    world.run([landed(member)])
    const asks = (message: Message) => questions([message], world).filter(({ ask }) => ask === 'items').length
    expect(asks(parked(m))).toBe(4)
    world.run([parked(m)])
    launch(world, m, 'i-m')
    expect(asks(instance('i-m', 'terminated'))).toBe(3)
  })
})

describe('calls of a decision', () => {
  it('are numbered by the transaction that they are written in', () => {
    const world = acme()
    world.run([landed(member)])
    const { seq, calls } = world.decide([landed('acme/claims/a'), landed('acme/claims/b')])
    expect(calls.map(({ key }) => key)).toEqual([keys.call.key(seq + 1, 0), keys.call.key(seq + 1, 1)])
  })
})

describe('what cannot be evaluated is named', () => {
  it.each([
    ['scope acme', keys.scope.key('acme')],
    ['pool p', keys.poolState.key('p')],
  ])('%s', (what, key) => {
    const world = acme()
    world.pools.length = 0
    world.run([landed(member), parked(m)])
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.put({ schema: keys.tokens.schema, key: () => key }, [], { round: 1, tokens: [] })
    const { troubled } = world.decide([
      { kind: 'due', sk: '0#acme#member', scope: 'acme' },
      { kind: 'pool-edited', pool: 'p' },
    ])
    expect(troubled.map((each) => each.what)).toContain(what)
  })
})
