import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type Books,
  call,
  changesOf,
  copyOf,
  type Deciding,
  entries,
  fence,
  get,
  isolated,
  once,
  openBooks,
  put,
  type Question,
  readAhead,
  remove,
} from '#domain/schedule/books'
import type { Kind } from '#domain/schedule/kinds'

const Thing = z.strictObject({ n: z.number() })
const thing: Kind<{ n: number }, [string]> = { schema: Thing, key: (sk) => ({ pk: 'P', sk }) }

/** Runs over a table of one partition; what it asked is noted. */
const over = <T>(table: Record<string, { n: number }>, deciding: Deciding<T>) => {
  const asked: Question[] = []
  const answer = (question: Question): unknown => {
    asked.push(question)
    if (question.ask === 'items')
      return question.keys.map(({ pk, sk }) => (table[sk] ? { pk, sk, value: table[sk] } : undefined))
    if (question.ask !== 'page') return 'an answer'
    const { pk, prefix, after = '', limit } = question
    const found = Object.keys(table)
      .filter((sk) => sk.startsWith(prefix) && sk > after)
      .sort()
      .slice(0, limit)
    return { items: found.map((sk) => ({ pk, sk, value: table[sk] })), complete: found.length < limit }
  }
  let step = deciding.next()
  while (!step.done) step = deciding.next(answer(step.value))
  return { value: step.value, asked }
}
const open = (): Books => openBooks(7, 3)
const ten = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`a${n}`, { n }]))
const list = (books: Books, limit?: number, from?: string, prefix = 'a') =>
  entries(books, 'P', prefix, Thing, limit, from)
const names = (found: { sk: string }[]): string => found.map(({ sk }) => sk).join(' ')

describe('items', () => {
  it('are asked for once, many in one request, present or absent', () => {
    const books = open()
    const both = [thing.key('a1'), thing.key('zz'), thing.key('a1')]
    expect(over(ten, readAhead(books, both)).asked).toEqual([{ ask: 'items', keys: both.slice(0, 2) }])
    expect(over(ten, readAhead(books, both)).asked).toEqual([])
    expect(over(ten, get(books, thing, 'a1'))).toEqual({ value: { n: 1 }, asked: [] })
    expect(over(ten, get(books, thing, 'zz'))).toEqual({ value: undefined, asked: [] })
    expect(over(ten, get(books, thing, 'a2')).asked).toEqual([{ ask: 'items', keys: [thing.key('a2')] }])
  })

  it('are as this unit of work has left them, without asking', () => {
    const books = open()
    put(books, thing, ['a1'], { n: 11 })
    remove(books, thing, 'a2')
    expect(over(ten, get(books, thing, 'a1'))).toEqual({ value: { n: 11 }, asked: [] })
    expect(over(ten, get(books, thing, 'a2'))).toEqual({ value: undefined, asked: [] })
    expect(names(over(ten, list(books)).value)).toBe('a0 a1 a3 a4 a5 a6 a7 a8 a9')
    expect(over(ten, get(books, thing, 'a1')).value).toEqual({ n: 11 })
  })

  it('that are not what they must be are an error', () => {
    const wrong = { a1: { n: 1, m: 2 } }
    expect(() => over(wrong, get(open(), thing, 'a1'))).toThrow()
    expect(() => over(wrong, list(open()))).toThrow()
  })
})

describe('a page', () => {
  const page = (limit: number, after?: string) => ({
    ...{ ask: 'page', pk: 'P', prefix: 'a', limit },
    ...(after === undefined ? {} : { after }),
  })

  it('is as long as what is wanted, four at least, a hundred for all', () => {
    expect(over(ten, list(open(), 1))).toMatchObject({ value: [{ sk: 'a0', value: { n: 0 } }], asked: [page(4)] })
    expect(over(ten, list(open(), 6)).asked).toEqual([page(6)])
    expect(over(ten, list(open()))).toMatchObject({ value: { length: 10 }, asked: [page(100)] })
  })

  it('is not asked for again, and goes on behind what was read', () => {
    const books = open()
    expect(names(over(ten, list(books, 2)).value)).toBe('a0 a1')
    expect(over(ten, list(books, 4)).asked).toEqual([])
    const more = over(ten, list(books, 5))
    expect([names(more.value), more.asked]).toEqual(['a0 a1 a2 a3 a4', [page(5, 'a3')]])
    expect(over(ten, list(books)).asked).toEqual([page(100, 'a8')])
    expect(over(ten, list(books)).asked).toEqual([])
  })

  it('begins behind a key, and keeps to its prefix', () => {
    const books = open()
    put(books, thing, ['b1'], { n: 1 })
    const found = over(ten, list(books, 2, 'a6'))
    expect([names(found.value), found.asked]).toEqual(['a7 a8', [page(4, 'a6')]])
    expect(names(over(ten, list(books, undefined, 'a6')).value)).toBe('a7 a8 a9')
    expect(names(over({ ...ten, b0: { n: 0 } }, list(books, undefined, undefined, 'b')).value)).toBe('b0 b1')
  })

  it('has what was put and not what was removed; what was put behind it is not believed to be next', () => {
    const books = open()
    for (const gone of ['a0', 'a1', 'a2', 'a3']) remove(books, thing, gone)
    put(books, thing, ['a35'], { n: 35 })
    put(books, thing, ['a9x'], { n: 99 })
    const found = over(ten, list(books, 2))
    expect(names(found.value)).toBe('a35 a4')
    expect(found.asked).toEqual([page(4), page(4, 'a3')])
    expect(names(over(ten, list(books)).value)).toBe('a35 a4 a5 a6 a7 a8 a9 a9x')
    expect(names(over({}, list(open(), 3)).value)).toBe('')
  })
})

describe('what is asked and called', () => {
  it('is asked once, and called once', () => {
    const books = open()
    const question: Question = { ask: 'result', key: 'k' }
    expect(
      over(
        ten,
        once(books, question, (text) => `${text}!`),
      ),
    ).toEqual({ value: 'an answer!', asked: [question] })
    expect(
      over(
        ten,
        once(books, question, (text) => text),
      ),
    ).toEqual({ value: 'an answer', asked: [] })
    for (const instanceId of ['i-1', 'i-2', 'i-1']) call(books, { call: 'terminate', instanceId })
    expect(books.calls.map((what) => what.call === 'terminate' && what.instanceId)).toEqual(['i-1', 'i-2'])
  })
})

describe('what is written', () => {
  it('is what has changed: not what is as it was read, nor the absence of what was absent', () => {
    const books = open()
    over(ten, readAhead(books, ['a1', 'a2', 'a3', 'zz'].map(thing.key)))
    put(books, thing, ['a1'], { n: 1 })
    put(books, thing, ['a2'], { n: 22 })
    remove(books, thing, 'a3')
    remove(books, thing, 'zz')
    put(books, thing, ['unread'], { n: 0 })
    expect(changesOf(books)).toEqual([
      { key: thing.key('a2'), value: { n: 22 } },
      { key: thing.key('a3'), value: undefined },
      { key: thing.key('unread'), value: { n: 0 } },
    ])
  })

  it('is not the absence of what a page has left out, as far as it was read', () => {
    const books = open()
    over(ten, list(books, 2))
    over({}, list(books, 1, 'b5', 'b'))
    for (const sk of ['a15', 'a2', 'a4x', 'b5', 'b6', 'c1']) put(books, thing, [sk], { n: 0 })
    for (const sk of ['a15', 'a2', 'a4x', 'b5', 'b6', 'c1']) remove(books, thing, sk)
    expect(changesOf(books).map(({ key }) => key.sk)).toEqual(['a2', 'a4x', 'b5', 'c1'])
  })
})

describe('a part that throws', () => {
  const everything = (books: Books): void => {
    put(books, thing, ['a1'], { n: 99 })
    fence(books, thing, ['a1'], 4)
    call(books, { call: 'terminate', instanceId: 'i-1' })
    books.scopes.add('acme')
    books.pools.add('p')
    books.repaired.push({ what: 'x', was: 1, counted: 2 })
    books.registered += 1
  }
  function* part(books: Books, error?: unknown): Deciding<void> {
    yield* list(books, 2)
    everything(books)
    if (error !== undefined) throw error
  }
  const seen = ({ changed, fences, calls, scopes, pools, repaired, registered, cells }: Books) => ({
    ...{ changed: [...changed], fences: [...fences], calls, scopes: [...scopes], pools: [...pools], repaired },
    ...{ registered, a1: cells.get('P\na1')?.value },
  })

  it.each([
    [new TypeError('what'), 'TypeError: what'],
    ['a word', 'a word'],
  ])('is undone as if it had not begun, and noted: %s', (error, reason) => {
    const books = open()
    over(ten, get(books, thing, 'a1'))
    const before = structuredClone(seen(books))
    expect(over(ten, isolated(books, 'lane x', part(books, error))).value).toBe(false)
    expect(seen(books)).toEqual(before)
    expect(books.troubled).toEqual([{ what: 'lane x', reason }])
  })

  it('and one that does not is done', () => {
    const books = open()
    expect(over(ten, isolated(books, 'lane x', part(books))).value).toBe(true)
    expect([books.troubled, books.registered, [...books.pools]]).toEqual([[], 1, ['p']])
  })

  it('a copy knows nothing of what comes after it', () => {
    const books = open()
    const copy = copyOf(books)
    over(ten, part(books))
    books.troubled.push({ what: 'x', reason: 'y' })
    expect(seen(copy)).toEqual(seen(open()))
    expect([copy.troubled, copy.pages.size]).toEqual([[], 0])
  })
})
