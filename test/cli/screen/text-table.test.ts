import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { textTable } from '#cli/screen/text-table'

const columns = [
  { title: 'KEY', cut: 'middle' },
  { title: 'N', leaves: 1 },
  { title: 'WHY', cut: 'end', least: 10 },
] as const
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

  it.each([200, 80, 40, 20, 7, 3, 1])('never exceeds %i columns, in colour either', (width) => {
    for (const colour of [false, true])
      for (const line of textTable(columns, rows, { width, colour }))
        expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  it('lets columns leave whole when what is left of the others would say nothing, and names them', () => {
    expect(textTable(columns, rows, { width: 20, colour: false })).toEqual([
      'KEY       WHY',
      'sun….837  member-fi…',
      'short',
      'Too narrow for N',
      '(--json has all)',
    ])
    expect(textTable(columns, rows, { width: 18, colour: false })[1]).toBe('sun….837  member-…')
    expect(textTable(columns, rows, { width: 17, colour: false }).slice(0, 4)).toEqual([
      'KEY',
      'sunrise-…k-31.837',
      'short',
      'Too narrow for N,',
    ])
  })

  it('styles nothing of a column that has left', () => {
    expect(textTable(columns, rows, { width: 20, colour: true })[0]).toBe('\x1b[2mKEY\x1b[22m       \x1b[2mWHY\x1b[22m')
  })

  it('has room for very many rows', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => [String(i)])
    expect(textTable([{ title: 'N' }], many, { width: 80, colour: false })).toHaveLength(200_001)
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
