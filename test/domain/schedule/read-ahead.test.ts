import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { deleted, instance, jobOf, landed, launch, over, parked } from '#test/support/file-life'
import { questionsOf } from '#test/support/questions-of'

const member = 'acme/member/m'
const m = jobOf(member)

const shard = keys.shard()

describe('what a batch will surely touch is read in one request', () => {
  it.each<[string, Message, keys.Key[]]>([
    ['landed', landed(member), [shard, keys.job(m), keys.keyState('landing', member)]],
    ['deleted', deleted(member, '0099'), [shard, keys.keyState('landing', member)]],
    ['parked', parked(m), [shard, keys.job(m), keys.tokens(m)]],
    ['over', over(m), [shard, keys.job(m)]],
    ['instance', instance('i-1', 'terminated'), [shard, keys.instance('i-1')]],
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
    const [first] = questionsOf([message], acme())
    expect(first).toEqual({ ask: 'items', keys: wanted })
  })

  it('an admission and a result ask five times for items at most', () => {
    const world = acme()
    world.run([landed(member)])
    const asks = (message: Message) => questionsOf([message], world).filter(({ ask }) => ask === 'items').length
    expect(asks(parked(m))).toBeLessThanOrEqual(5)
    world.run([parked(m)])
    launch(world, m, 'i-m')
    expect(asks(instance('i-m', 'terminated'))).toBeLessThanOrEqual(5)
  })
})

describe('calls of a decision', () => {
  it('are numbered by the transaction that they are written in', () => {
    const world = acme()
    world.run([landed(member)])
    const { seq, calls } = world.decide([landed('acme/claims/a'), landed('acme/claims/b')])
    expect(calls.map(({ key }) => key)).toEqual([keys.call(seq + 1, 0), keys.call(seq + 1, 1)])
  })
})

describe('what cannot be evaluated is named', () => {
  it.each([
    ['scope acme', keys.scope('acme')],
    ['pool p', keys.poolState('p')],
  ])('%s', (what, key) => {
    const world = acme()
    world.pools.length = 0
    world.run([landed(member), parked(m)])
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.put({ schema: kinds.tokens.schema, key: () => key }, [], { round: 1, tokens: [] })
    const { troubled } = world.decide([
      { kind: 'due', sk: '0#acme#member', scope: 'acme' },
      { kind: 'pool-edited', pool: 'p' },
    ])
    expect(troubled.map((each) => each.what)).toContain(what)
  })
})
