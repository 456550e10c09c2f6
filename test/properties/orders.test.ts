import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boardKey, orderOf } from '#domain/schedule/keys'
import { isNewer } from '#domain/schedule/register'
import { holds } from '#test/properties/holds'

const sign = (less: boolean, more: boolean): number => (less ? -1 : more ? 1 : 0)
const compareText = (a: string, b: string): number => sign(a < b, a > b)

const seq = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 999_999_999_999 }))
const place = fc.oneof(fc.nat(12), fc.nat(999))
const order = fc.tuple(seq, place)
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,5}$/)
const lane = fc.record({
  priority: fc.oneof(fc.constantFrom(0, 1, 9, 10, 99, 100, 999, 1000), fc.nat(1000)),
  head: fc.oneof(fc.constantFrom<[number, number]>([1, 0], [1, 1], [9, 0], [10, 0]), order),
  scope: fc.oneof(
    name,
    fc.tuple(name, name).map((parts) => parts.join('#')),
  ),
  type: name,
})
type Lane = typeof lane extends fc.Arbitrary<infer T> ? T : never
const keyOf = ({ priority, head, scope, type }: Lane) => boardKey(priority, orderOf(...head), scope, type)
const idOf = ({ scope, type }: Lane) => `${scope}#${type}`

/** What design §1 says of rank: priority, then age of the lane's head, then id. */
const byRank = (a: Lane, b: Lane): number =>
  b.priority - a.priority || a.head[0] - b.head[0] || a.head[1] - b.head[1] || compareText(idOf(a), idOf(b))

describe('the order of registration', () => {
  it('as text sorts like its numbers', () =>
    holds([order, order], (a, b) => {
      expect(compareText(orderOf(...a), orderOf(...b))).toBe(Math.sign(a[0] - b[0] || a[1] - b[1]))
    }))
})

describe('rank on a board', () => {
  it('as text sorts by priority downwards, then age, then id', () =>
    holds([lane, lane], (a, b) => {
      expect(compareText(keyOf(a), keyOf(b))).toBe(Math.sign(byRank(a, b)))
    }))

  it('is total: lanes that differ have keys that differ', () =>
    holds([lane, lane], (a, b) => {
      expect(keyOf(a) === keyOf(b)).toBe(byRank(a, b) === 0)
    }))

  it('sorts any board the same, however it was written', () =>
    holds([fc.uniqueArray(lane, { selector: idOf, maxLength: 12 })], (lanes) => {
      expect(lanes.map(keyOf).sort()).toEqual([...lanes].sort(byRank).map(keyOf))
    }))
})

describe('isNewer', () => {
  const digit = fc.constantFrom(...'0123456789ABCDEF')
  const sequencer = fc.oneof(
    fc.string({ unit: fc.constantFrom('0', '1', 'F'), maxLength: 4 }),
    fc.string({ unit: digit, maxLength: 18 }),
  )
  /** A sequencer as a fraction: what padding on the right means. */
  const fraction = (text: string): bigint => BigInt(`0x0${text.padEnd(20, '0')}`)

  it('compares sequencers of any length as fractions', () =>
    holds([sequencer, sequencer], (a, b) => {
      expect(isNewer(a, b)).toBe(fraction(a) > fraction(b))
    }))

  it('is a strict order: never both ways, never of itself, and what is newer than newer is newer', () =>
    holds([sequencer, sequencer, sequencer], (a, b, c) => {
      expect(isNewer(a, a)).toBe(false)
      expect(isNewer(a, b) && isNewer(b, a)).toBe(false)
      if (isNewer(a, b) && isNewer(b, c)) expect(isNewer(a, c)).toBe(true)
      if (!isNewer(a, b) && !isNewer(b, c)) expect(isNewer(a, c)).toBe(false)
    }))
})
