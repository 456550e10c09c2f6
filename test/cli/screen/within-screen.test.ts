import { describe, expect, it } from 'vitest'
import { sectionsWithin } from '#cli/screen/sections-within'
import { rowsOf, withinScreen } from '#cli/screen/within-screen'

describe('what fits on a screen', () => {
  it.each([
    { lines: ['a', 'b'], width: 9, height: 2, fits: ['a', 'b'] },
    { lines: ['a', 'b', 'c'], width: 9, height: 2, fits: ['a', '… 2 more lines'] },
    // Ten letters take two rows of nine, five of CJK as many.
    { lines: ['0123456789', 'b'], width: 9, height: 2, fits: ['… 2 more lines'] },
    { lines: ['a', '請求書一覧', 'c', ''], width: 9, height: 4, fits: ['a', '請求書一覧', '… 2 more lines'] },
    { lines: ['\x1b[31m012345678\x1b[39m', 'b'], width: 9, height: 2, fits: ['\x1b[31m012345678\x1b[39m', 'b'] },
  ])('$lines in $width by $height', ({ lines, width, height, fits }) => {
    expect(withinScreen(lines, { width, height })).toEqual(fits)
  })
})

describe('sections', () => {
  const counts = ['STATUS', 'waiting', 'failed']
  const pools = ['POOL', 'a', 'b', 'c', 'd', 'e']

  it.each([
    { height: 12, fits: [...counts, '', ...pools, '', 'none'] },
    { height: 10, fits: [...counts, ...pools, 'none'] },
    { height: 9, fits: [...counts, 'POOL', 'a', 'b', 'c', '… 2 more', 'none'] },
    { height: 7, fits: [...counts, 'POOL', 'a', 'b', '… 3 more', 'none'] },
  ])('in $height rows lose the empty lines, then the end of the longest', ({ height, fits }) => {
    expect(sectionsWithin([counts, [], pools, ['none']], { width: 80, height })).toEqual(fits)
  })

  it('count a line that is wrapped as the rows that it takes', () => {
    const lines = sectionsWithin([['x'.repeat(100)], pools], { width: 80, height: 7 })
    expect(rowsOf(lines, 80)).toBe(7)
  })
})
