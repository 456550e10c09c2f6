import { describe, expect, it } from 'vitest'
import { isSame } from '#domain/schedule/is-same'

describe('whether a table would tell two values apart', () => {
  it.each([
    { a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, same: true, what: 'another order of attributes' },
    { a: { x: 1, y: undefined }, b: { x: 1 }, same: true, what: 'an attribute that is undefined' },
    { a: { list: ['a', { b: 1 }] }, b: { list: ['a', { b: 1 }] }, same: true, what: 'equal parts' },
    { a: undefined, b: undefined, same: true, what: 'an item that is not there, still' },
    { a: { x: 1 }, b: { x: 2 }, same: false, what: 'another value' },
    { a: { x: 1 }, b: { x: 1, y: 2 }, same: false, what: 'one attribute more' },
    { a: { x: 1, y: 2 }, b: { x: 1 }, same: false, what: 'one attribute less' },
    { a: { list: ['a', 'b'] }, b: { list: ['b', 'a'] }, same: false, what: 'another order of a list' },
    { a: { x: [] }, b: { x: {} }, same: false, what: 'an empty list and an empty map' },
    { a: { x: '1' }, b: { x: 1 }, same: false, what: 'a text and a number' },
    { a: undefined, b: {}, same: false, what: 'no item and an empty one' },
    { a: { x: null }, b: { x: {} }, same: false, what: 'null and a map' },
  ])('$what: $same', ({ a, b, same }) => {
    expect(isSame(a, b)).toBe(same)
    expect(isSame(b, a)).toBe(same)
  })
})
