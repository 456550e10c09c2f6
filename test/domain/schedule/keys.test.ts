import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'

/** What stands in the table must be found again after every deployment: a key that changes is a migration. */
describe('keys of the table', () => {
  const candidate = { instanceType: 't3.small', market: 'spot' as const, subnet: 's' }
  it.each<[keys.Key, string, string]>([
    [keys.shard(), 'SHARD#main', 'STATE'],
    [keys.scope('acme#2026'), 'SCOPE#acme#2026', 'STATE'],
    [keys.laneEntry('acme', 'member', '01.2', 'j'), 'LANE#acme#member', '01.2#j'],
    [keys.poolState('p'), 'POOL#p', 'STATE'],
    [keys.poolRef('p'), 'POOLS#main', 'p'],
    [keys.poolRemark('p'), 'POOL#p', 'REMARK'],
    [keys.unfinished('acme', 'member', 'j'), 'UNFINISHED#acme#member', 'j'],
    [keys.board('p', 'BOARD#9'), 'POOL#p', 'BOARD#9'],
    [keys.heldAt('p', 'acme', 'member'), 'POOL#p', 'HELD#acme#member'],
    [keys.laneOf('acme', 'acme#2026', 'member'), 'LANES#main', 'acme#acme#2026#member'],
    [keys.heldFile('acme', '01.2', 'j'), 'HELD-FILES#main', 'acme#01.2#j'],
    [keys.job('j'), 'JOB#j', 'STATE'],
    [keys.tokens('j'), 'JOB#j', 'TOKENS#WaitForTurn'],
    [keys.attempt('j', 2, 13), 'JOB#j', 'ATTEMPT#0002#0013'],
    [keys.open('j', 2, 13), 'OPEN#main', 'j#0002#0013'],
    [keys.rowRemark('acme', 'member'), 'PAYER#acme', 'REMARK#member'],
    [keys.refusal(candidate), 'REFUSALS#main', 't3.small#spot#s'],
    [keys.instance('i-1'), 'INSTANCE#i-1', 'STATE'],
    [keys.request('r'), 'REQUEST#r', 'STATE'],
    [keys.keyState('landing', 'acme/member/a'), 'KEY#landing/acme/member/a', 'STATE'],
    [keys.lastFull('acme', 'member'), 'PAYER#acme', 'FULL#member'],
    [keys.call(12, 3), 'CALL#main', '000000000012#003'],
    [keys.due(1234, 'acme#member'), 'DUE#main', '000000000001234#acme#member'],
  ])('%j', (key, pk, sk) => expect(key).toEqual({ pk, sk }))

  it('order as text as their numbers do, and higher priorities first', () => {
    expect(keys.orderOf(9, 99) < keys.orderOf(10, 0)).toBe(true)
    expect(keys.orderOf(9, 9) < keys.orderOf(9, 10)).toBe(true)
    expect(keys.boardKey(1000, 'b', 's', 't') < keys.boardKey(999, 'a', 's', 't')).toBe(true)
    expect(keys.boardKey(0, 'a', 's', 't')).toBe('BOARD#9999#a#s#t')
  })
})
