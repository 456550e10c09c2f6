import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { textTable } from '#cli/text-table'

const columns = [{ title: 'KEY', cut: 'middle' }, { title: 'N' }, { title: 'WHY', cut: 'end' }] as const
const rows = [
  ['sunrise-health/claims/week-31.837', '1', 'member-file-unfinished'],
  ['short', '12', ''],
]

describe('a table', () => {
  it('is as wide as its words when nobody looks on', () => {
    expect(textTable(columns, rows, { width: Number.POSITIVE_INFINITY, colour: false })).toEqual([
      'KEY                                N   WHY',
      'sunrise-health/claims/week-31.837  1   member-file-unfinished',
      'short                              12',
    ])
  })

  it('cuts the widest columns first, in the middle or at the end, with a mark', () => {
    expect(textTable(columns, rows, { width: 40, colour: false })).toEqual([
      'KEY                N   WHY',
      'sunrise-…k-31.837  1   member-file-unfi…',
      'short              12',
    ])
  })

  it.each([200, 80, 40, 20, 7, 3, 1])('never exceeds %i columns', (width) => {
    for (const line of textTable(columns, rows, { width, colour: false }))
      expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  it('colours only when asked to', () => {
    const cells = [[{ text: 'failed', tone: 'bad' as const }]]
    expect(textTable([{ title: 'S' }], cells, { width: 80, colour: true })[1]).toBe('\x1b[31mfailed\x1b[39m')
    expect(textTable([{ title: 'S' }], cells, { width: 80, colour: false })[1]).toBe('failed')
  })

  it('gives letters that a terminal shows as wide as two the room of two', () => {
    const cells = [
      ['claims/請求書.837', '1'],
      ['claims/week-31.837', '2'],
    ]
    expect(textTable([{ title: 'KEY' }, { title: 'N' }], cells, { width: 80, colour: false })).toEqual([
      'KEY                 N',
      'claims/請求書.837   1',
      'claims/week-31.837  2',
    ])
  })

  it('passes no escape sequence of an object key on to the terminal', () => {
    const shown = textTable([{ title: 'K' }], [['a\x1b[2Jb\nc']], { width: 80, colour: false })
    expect(shown[1]).toBe('a?[2Jb?c')
  })
})
