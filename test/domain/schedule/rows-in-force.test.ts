import { describe, expect, it } from 'vitest'
import type { Call } from '#domain/schedule/calls'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { jobOf, landed, parked } from '#test/support/file-life'
import { type MemoryWorld, memoryWorld } from '#test/support/memory-world'

const edited = (payerId: string, fileType: string): Message => ({ kind: 'row-edited', payerId, fileType })
const statusOf = (calls: Call[]): string | undefined =>
  calls.flatMap((call) => (call.call === 'row-status' || call.call === 'pool-status' ? [call.status] : []))[0]
const worldWith = (...rows: object[]): MemoryWorld =>
  memoryWorld({ rows: [...rows], pools: [{ pool: 'p', maxVcpus: 20, maxInstances: 10 }] })
const acme = { payerId: 'acme', fileType: '*', pool: 'p', graceSeconds: 0 }
const starts = (world: MemoryWorld, key: string): string => {
  world.run([landed(key)])
  world.run([parked(jobOf(key))])
  return world.job(jobOf(key)).status
}

describe('an edit that makes file types wait for each other', () => {
  const good = { payerId: 'acme', fileType: 'a', after: [] }
  const [a, b] = ['b', 'a'].map((type, i) => ({ payerId: 'acme', fileType: i === 0 ? 'a' : 'b', after: [{ type }] }))

  it('is refused with its path, and the last good rows stay in force', () => {
    const world = worldWith(acme, good)
    world.run([edited('acme', '*')])
    world.run([edited('acme', 'a')])
    world.rows.splice(1, 1, a, b)
    expect(statusOf(world.run([edited('acme', 'b')]))).toMatch(
      /^not in force, the last good row still is: after makes file types wait for each other: (a → b → a|b → a → b)$/,
    )
    expect(starts(world, 'acme/a/f')).toBe('starting')
  })
})

describe('an edited row', () => {
  it.each([
    [{ payerId: 'acme', fileType: 'a', prioritty: 1 }, /: row: .*prioritty/],
    [{ payerId: 'acme', fileType: 'a', after: [{ type: 'b', atleast: 2 }] }, /: after\.0: /],
    [{ payerId: 'acme', fileType: 'a', priority: -1, attempts: 99 }, /: priority: .*; attempts: /],
  ])('%j is told what is wrong, field by field', (row, told) => {
    const world = worldWith(acme, row)
    expect(statusOf(world.run([edited('acme', 'a')]))).toMatch(told)
  })

  it('is told in five hundred characters', () => {
    const wrong = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`nonsense-${n}`, n]))
    const world = worldWith(acme, { payerId: 'acme', fileType: 'a', ...wrong })
    expect(statusOf(world.run([edited('acme', 'a')]))).toHaveLength(500)
  })

  it('is its payer’s own, and not the one of everybody for the same type', () => {
    const world = worldWith({ payerId: '*', fileType: 'a', nonsense: 1 }, acme, { payerId: 'acme', fileType: 'a' })
    expect(statusOf(world.run([edited('acme', 'a')]))).toBe('in force')
    expect(statusOf(world.run([edited('*', 'a')]))).toContain('nonsense')
  })

  it('of everybody is asked for once', () => {
    const world = worldWith({ payerId: '*', fileType: 'a' }, acme)
    let asked = 0
    const { answer } = world
    world.answer = (question) => {
      if (question.ask === 'policy-rows' && question.payerId === '*') asked += 1
      return answer(question)
    }
    expect(statusOf(world.run([edited('*', 'a')]))).toBe('in force')
    expect(asked).toBe(1)
  })

  it('that is wrong and never was right says nothing, and hurts nobody', () => {
    const world = worldWith(acme, { payerId: 'acme', fileType: 'a', nonsense: 1 }, { payerId: 'acme', fileType: 'b' })
    expect(starts(world, 'acme/b/f')).toBe('starting')
    expect(starts(world, 'acme/a/f')).toBe('registered')
  })
})

describe('the last good rows', () => {
  it('are kept apart, by payer, type and pool', () => {
    const world = worldWith(acme, { payerId: 'acme', fileType: 'a', priority: 7 })
    world.run([edited('acme', '*'), edited('acme', 'a'), { kind: 'pool-edited', pool: 'p' }])
    expect(world.under('PAYER#acme', 'ROW#').map(({ sk }) => sk)).toEqual(['ROW#*', 'ROW#a'])
    expect(world.under('POOL#p', 'ROW').map(({ value }) => value)).toMatchObject([{ pool: 'p', maxVcpus: 20 }])
    expect(world.get(kinds.rowRemark, 'acme', 'a')).toEqual({ status: 'in force' })
  })

  it('a pool that is no more has none', () => {
    const world = worldWith(acme)
    world.run([{ kind: 'pool-edited', pool: 'p' }])
    world.pools.length = 0
    expect(starts(world, 'acme/member/m')).toBe('waiting')
    expect(world.under('POOL#p', keys.HELD)).toHaveLength(1)
  })
})
