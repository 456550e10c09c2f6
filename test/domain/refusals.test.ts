import { describe, expect, it } from 'vitest'
import { firstFree, refusedAt } from '#domain/refusals'
import type { Candidate } from '#domain/schedule/items/candidate'

const NOW = 1_790_000_000_000
const candidate = (name: string): Candidate => {
  const [instanceType = '', market = '', subnet = ''] = name.split(' ')
  return { instanceType, market: market === 'spot' ? 'spot' : 'on-demand', subnet }
}
const candidates = [
  'c7i.4xlarge spot a',
  'c7i.4xlarge spot b',
  't3.small spot a',
  'c7i.4xlarge on a',
  't3.small on a',
].map(candidate)

describe('firstFree', () => {
  it.each<[string, [string, string][], number | undefined]>([
    ['nothing refused', [], 0],
    ['no capacity for one: the next', [['c7i.4xlarge spot a', 'InsufficientInstanceCapacity']], 1],
    [
      'no capacity for two: the third',
      [
        ['c7i.4xlarge spot a', 'InsufficientInstanceCapacity'],
        ['c7i.4xlarge spot b', 'Unsupported'],
      ],
      2,
    ],
    ['no addresses in a subnet: none there', [['m7i.large on a', 'InsufficientFreeAddressesInSubnet']], 1],
    ['a quota: its market, for as many vCPUs and more', [['c7i.4xlarge spot b', 'VcpuLimitExceeded']], 2],
    ['a quota that has no room for the smallest', [['t3a.nano spot b', 'VcpuLimitExceeded']], 3],
    [
      'quotas of both markets',
      [
        ['t3a.nano spot b', 'MaxSpotInstanceCountExceeded'],
        ['t3a.nano on b', 'VcpuLimitExceeded'],
      ],
      undefined,
    ],
    ['a quota of the other market says nothing of this', [['t3a.nano on b', 'VcpuLimitExceeded']], 0],
    ['no capacity on the other market neither', [['c7i.4xlarge on a', 'InsufficientInstanceCapacity']], 0],
    ['a type that is no more is as small as any', [['m1.tiny spot b', 'VcpuLimitExceeded']], 3],
    ['a quota of other families says nothing of these', [['p5.large spot b', 'VcpuLimitExceeded']], 0],
  ])('%s', (_, refusals, expected) => {
    const refused = refusals.map(([name, code]) => refusedAt(candidate(name), code, NOW))
    expect(firstFree(candidates, refused, 0, NOW)).toBe(expected)
  })

  it('a refusal is believed for three minutes', () => {
    const refused = [refusedAt(candidate('c7i.4xlarge spot a'), 'InsufficientInstanceCapacity', NOW)]
    expect([179_999, 180_000].map((later) => firstFree(candidates, refused, 0, NOW + later))).toEqual([1, 0])
    expect(refused[0]?.expiresAt).toBe((NOW + 180_000) / 1000)
  })

  it('looks from where it is told', () => {
    expect([firstFree(candidates, [], 3, NOW), firstFree(candidates, [], 5, NOW)]).toEqual([3, undefined])
  })
})
