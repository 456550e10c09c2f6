import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { questionsOf } from '#test/support/questions-of'
import { row, wait } from '#test/support/told'

const member = 'acme/member/m'
const poolEdited = { kind: 'pool-edited' as const, pool: 'p' }
const status = (world: MemoryWorld, key: string) => world.job(jobOf(key)).status
const typeIn = (world: MemoryWorld, type: string) => world.get(kinds.scope, 'acme')?.types[type]

describe('what an admission takes', () => {
  it('is listed: the pool once, the job in its scope until its end', () => {
    const world = acme(3, [row('extra')])
    wait(world, 'acme/extra/a')
    expect(world.under(keys.POOLS)).toEqual([{ ...keys.poolRef('p'), value: { pool: 'p' } }])
    world.run([landed('acme/extra/b')])
    const { writes } = world.decide([parked(jobOf('acme/extra/b'))])
    expect(writes.map(({ key }) => key.pk)).not.toContain(keys.POOLS)
    wait(world, 'acme/extra/c')
    const held = { pool: 'p', need: { vcpus: 2, instances: 1 } }
    expect(typeIn(world, 'extra')).toMatchObject({
      ...{ running: 2, holds: { [jobOf('acme/extra/a')]: held, [jobOf('acme/extra/c')]: held } },
    })
    finish(world, jobOf('acme/extra/a'))
    expect(typeIn(world, 'extra')).toMatchObject({ running: 1, holds: { [jobOf('acme/extra/c')]: held } })
    expect(Object.keys(typeIn(world, 'extra')?.holds ?? {})).not.toContain(jobOf('acme/extra/a'))
  })

  it.each([
    [499, true],
    [500, false],
  ])('beside %i jobs that are listed: listed %s', (n, listed) => {
    const world = acme(2, [row('extra', { maxConcurrent: 1000 })])
    world.run([landed('acme/extra/a')])
    const scope = world.get(kinds.scope, 'acme')
    const extra = scope?.types['extra']
    if (!scope || !extra) throw new Error('no scope')
    const held = { pool: 'p', need: { vcpus: 0, instances: 0 } }
    const holds = Object.fromEntries(Array.from({ length: n }, (_, i) => [`job-${i}`, held]))
    world.put(kinds.scope, ['acme'], { ...scope, types: { extra: { ...extra, holds, running: n } } })
    world.run([parked(jobOf('acme/extra/a'))])
    expect(status(world, 'acme/extra/a')).toBe('starting')
    expect(typeIn(world, 'extra')).toMatchObject({ running: n + 1 })
    expect(typeIn(world, 'extra')?.listed === true).toBe(listed)
    if (listed) expect(Object.keys(typeIn(world, 'extra')?.holds ?? {})).toHaveLength(500)
    else expect(typeIn(world, 'extra')?.holds).toBeUndefined()
  })

  it('comes back when the round ends before any attempt', () => {
    const world = acme(1)
    wait(world, member)
    world.run([over(jobOf(member), 'States.Timeout')])
    expect(world.get(kinds.poolState, 'p')).toEqual({ usedVcpus: 0, usedInstances: 0, listed: true })
    expect(typeIn(world, 'member')).toMatchObject({ running: 0, holds: {} })
  })
})

describe('an admission', () => {
  it('answers the tokens of its own round only', () => {
    const world = acme(1)
    world.pools.length = 0
    wait(world, member)
    world.put(kinds.tokens, [jobOf(member)], { round: 7, tokens: ['old'] })
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    expect(world.run([poolEdited]).map(({ call }) => call)).not.toContain('answer-turn')
    expect(world.job(jobOf(member))).toMatchObject({ status: 'starting', turn: 1, startedAt: world.now })
  })

  it('of a full pool reads nobody’s lane', () => {
    for (const full of [
      { maxVcpus: 2, maxInstances: 9 },
      { maxVcpus: 20, maxInstances: 1 },
    ]) {
      const world = acme(1, [row('extra')])
      world.pools = [{ pool: 'p', ...full }]
      wait(world, member, 'acme/extra/e')
      expect(world.under('POOL#p', keys.BOARD)).toHaveLength(1)
      const pages = questionsOf([poolEdited], world).flatMap((question) => ('pk' in question ? [question.pk] : []))
      expect(pages.filter((pk) => pk.startsWith('LANE#'))).toEqual([])
    }
  })

  it('removes a board’s entry of which its lane knows nothing, and goes on to the next', () => {
    const world = acme(1, [row('extra')])
    world.pools.length = 0
    wait(world, 'acme/extra/e')
    for (const scope of ['nobody', 'acme']) {
      const sk = keys.boardKey(9000, '0', scope, 'ghost')
      world.put(kinds.board, ['p', sk], { scope, type: 'ghost', job: 'ghost' })
    }
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.run([poolEdited])
    expect(status(world, 'acme/extra/e')).toBe('starting')
    expect(world.under('POOL#p', keys.BOARD)).toEqual([])
  })

  it('removes the entry of a lane that stands elsewhere on the board', () => {
    const world = acme(1, [row('extra')])
    world.pools.length = 0
    wait(world, 'acme/extra/e', 'acme/extra/f')
    const sk = keys.boardKey(9000, '0', 'acme', 'extra')
    world.put(kinds.board, ['p', sk], { scope: 'acme', type: 'extra', job: jobOf('acme/extra/e') })
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.run([poolEdited])
    expect([status(world, 'acme/extra/e'), status(world, 'acme/extra/f')]).toEqual(['starting', 'waiting'])
    const places = world.under('POOL#p', keys.BOARD).map((entry) => entry.sk)
    expect(places).toEqual([typeIn(world, 'extra')?.board?.sk])
    expect(places).not.toContain(sk)
  })

  it('of a file without a token goes all the same; the token that comes is told', () => {
    const world = acme(1)
    world.pools.length = 0
    wait(world, member)
    world.remove(keys.tokens(jobOf(member)))
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.run([poolEdited])
    expect(status(world, member)).toBe('starting')
    expect(world.run([parked(jobOf(member), 'late')])).toMatchObject([{ call: 'answer-turn', tokens: ['late'] }])
  })

  it('reads job and tokens in one request, and what it gives back in another', () => {
    const world = acme(1)
    world.pools.length = 0
    wait(world, member)
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    const job = jobOf(member)
    expect(questionsOf([poolEdited], world)).toContainEqual({
      ...{ ask: 'items', keys: [keys.job(job), keys.tokens(job)] },
    })
    world.run([poolEdited])
    expect(questionsOf([over(job, 'States.Timeout')], world)).toContainEqual({
      ...{ ask: 'items', keys: [keys.poolState('p'), keys.scope('acme')] },
    })
  })

  it('that cannot be done leaves the board to the next, and is named', () => {
    const world = acme(1, [row('extra', { priority: 900 }), row('other')])
    wait(world, member, 'acme/extra/e', 'acme/other/o')
    const tokens = keys.tokens(jobOf('acme/extra/e'))
    world.put({ schema: kinds.shard.schema, key: () => tokens }, [], { seq: 1 })
    finish(world, jobOf(member))
    expect([status(world, 'acme/extra/e'), status(world, 'acme/other/o')]).toEqual(['waiting', 'starting'])
    finish(world, jobOf('acme/other/o'))
    expect(world.get(kinds.poolState, 'p')).toMatchObject({ usedVcpus: 0, usedInstances: 0 })
    const look = world.decide([{ kind: 'due', sk: '0#x', scope: 'acme' }])
    expect(look.troubled.map(({ what }) => what)).toEqual(['lane acme/extra'])
  })

  it('of a ninth in one transaction is promised by a message that names the pool and the number', () => {
    const world = acme(9, [row('extra', { maxConcurrent: 100 })])
    world.pools.length = 0
    wait(world, ...Array.from({ length: 9 }, (_, n) => `acme/extra/${n}`))
    world.pools.push({ pool: 'p', maxVcpus: 100, maxInstances: 100 })
    const { seq, calls } = world.decide([poolEdited])
    expect(calls.filter(({ what }) => what.call === 'answer-turn')).toHaveLength(8)
    const sent = calls.flatMap(({ what }) => (what.call === 'send' ? [JSON.parse(what.body)] : []))
    expect(sent).toEqual([{ ...poolEdited, after: seq }])
  })
})
