import { describe, expect, it } from 'vitest'
import { itemSize, plainUnits, readUnits, transactedUnits } from '../../bench/item-size.ts'

describe('the size of an item', () => {
  it.each([
    { item: { PK: 'a', SK: 'bc' }, size: 7, what: 'names and texts' },
    { item: { PK: 'é' }, size: 4, what: 'bytes, not letters' },
    { item: { n: 0 }, size: 2, what: 'zero' },
    { item: { n: 1234 }, size: 4, what: 'four digits' },
    { item: { n: 1200 }, size: 3, what: 'zeros that are not significant' },
    { item: { yes: true }, size: 4, what: 'a truth value' },
    { item: { list: ['a', 'b'] }, size: 4 + 3 + 2 * 2, what: 'a list' },
    { item: { map: { a: 'b' } }, size: 3 + 3 + 1 + 2, what: 'a map' },
    { item: { gone: undefined }, size: 0, what: 'what is undefined' },
    { item: undefined, size: 0, what: 'no item' },
  ])('counts $what', ({ item, size }) => {
    expect(itemSize(item)).toBe(size)
  })
})

describe('units', () => {
  it.each([
    { size: 0, units: 1 },
    { size: 4096, units: 1 },
    { size: 4097, units: 2 },
  ])('$size bytes are read for $units', ({ size, units }) => {
    expect(readUnits(size)).toBe(units)
  })
  it.each([
    { old: 0, now: 1, plain: 1, transacted: 2 },
    { old: 1025, now: 0, plain: 2, transacted: 4 },
    { old: 10, now: 2049, plain: 3, transacted: 6 },
  ])('$old bytes become $now for $plain, or $transacted in a transaction', ({ old, now, plain, transacted }) => {
    expect(plainUnits(old, now)).toBe(plain)
    expect(transactedUnits(old, now)).toBe(transacted)
  })
})
