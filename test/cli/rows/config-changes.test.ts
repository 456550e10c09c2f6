import { describe, expect, it } from 'vitest'
import { baseAfter, changesOf, forced, type Row } from '#cli/rows/config-changes'

const rows = (row: Row | undefined) => new Map(row ? [['acme/*', row]] : [])
const one = { priority: 1 }
const two = { priority: 2 }
const three = { priority: 3 }

describe('what makes the target like the source', () => {
  it.each([
    { what: 'nothing where both are the same', source: one, target: one, base: undefined, kind: undefined },
    { what: 'a new row', source: one, target: undefined, base: undefined, kind: 'add' },
    { what: 'an edited row', source: two, target: one, base: one, kind: 'change' },
    { what: 'a row that is gone', source: undefined, target: one, base: one, kind: 'remove' },
    {
      what: 'not a row that only the target ever had',
      source: undefined,
      target: one,
      base: undefined,
      kind: 'foreign',
    },
    { what: 'not an edit of the target alone', source: one, target: two, base: one, kind: 'theirs' },
    { what: 'not a deletion in the target alone', source: one, target: undefined, base: one, kind: 'theirs' },
    { what: 'no row that both edited', source: two, target: three, base: one, kind: 'conflict' },
    {
      what: 'no row that one edited and the other removed',
      source: undefined,
      target: two,
      base: one,
      kind: 'conflict',
    },
    { what: 'no row that was never seen the same', source: two, target: one, base: undefined, kind: 'conflict' },
  ])('is $what', ({ source, target, base, kind }) => {
    const sides = { source: rows(source), target: rows(target), base: rows(base) }
    expect(changesOf(sides).map((change) => change.kind)).toEqual(kind === undefined ? [] : [kind])
  })

  it('says field by field what differs, lists and maps by their contents', () => {
    const target = rows({ priority: 1, after: [{ type: 'member' }], note: 'x' })
    const source = rows({ priority: 2, after: [{ type: 'member' }], pool: 'small' })
    expect(changesOf({ source, target, base: target })[0]?.fields).toEqual([
      { field: 'priority', from: 1, to: 2 },
      { field: 'note', from: 'x', to: undefined },
      { field: 'pool', from: undefined, to: 'small' },
    ])
  })

  it('is the source wherever it says anything, when that is to win', () => {
    const source = new Map([
      ['a', two],
      ['b', one],
    ])
    const target = new Map([
      ['a', three],
      ['c', one],
      ['d', two],
    ])
    const base = new Map([
      ['b', one],
      ['d', one],
    ])
    expect(forced(changesOf({ source, target, base })).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      ...['change a', 'add b', 'foreign c', 'remove d'],
    ])
  })
})

it('what was left alone is as different afterwards as before, and everything else the same', () => {
  const given = (rows: Record<string, Row>) => new Map(Object.entries(rows))
  const source = given({ same: one, changed: two, added: two, mine: one })
  const target = given({ same: one, changed: one, mine: two, foreign: one, removed: one })
  const base = given({ changed: one, mine: one, removed: one })
  const changes = changesOf({ source, target, base })
  expect(Object.fromEntries(changes.map(({ name, kind }) => [name, kind]))).toEqual({
    ...{ changed: 'change', added: 'add', mine: 'theirs', foreign: 'foreign', removed: 'remove' },
  })
  const next = baseAfter({ source, base }, changes)
  expect(Object.fromEntries(next)).toEqual({ same: one, changed: two, added: two, mine: one })
})
