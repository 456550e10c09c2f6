import type * as z from 'zod'
import { parseOnce } from '#domain/parse-once'
import type { Call } from '#domain/schedule/calls'
import { isSame } from '#domain/schedule/is-same'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Key } from '#domain/schedule/keys'
import type { Kind } from '#domain/schedule/kinds'

/**
 * What a decision asks to know. Deciding is pure: it yields a question and is handed the answer, so that it reads exactly
 * what it touches, whatever waits behind it (design §4), and the same code runs over DynamoDB and over memory.
 */
export type Question =
  | { ask: 'items'; keys: Key[] }
  | { ask: 'page'; pk: string; prefix: string; after?: string; limit: number }
  | { ask: 'count'; pk: string }
  | { ask: 'policy-rows'; payerId: string }
  | { ask: 'pool-row'; pool: string }
  | { ask: 'result'; key: string }
  | { ask: 'machine'; instanceId: string }

export type StoredItem = Key & { value: unknown }
export type Page = { items: StoredItem[]; complete: boolean }
/** What comes back is as untyped as the tables are; whoever asked parses it. */
export type Answer = unknown

/** A decision in progress: yields questions, returns `T`. */
export type Deciding<T> = Generator<Question, T, Answer>

type Cell = { key: Key; value: unknown }

/** A fence on an item that somebody else writes too: absent, or at this revision. */
export type Fence = { key: Key; rev: number | undefined }

/** The unit of work of one transaction: what was read, what is to be written, what is to be done after. */
export type Books = {
  now: number
  seq: number
  cells: Map<string, Cell>
  /** Items as the table holds them, absent ones included. */
  read: Map<string, unknown>
  changed: Set<string>
  fences: Map<string, Fence>
  pages: Map<string, { last: string | undefined; complete: boolean }>
  answers: Map<string, unknown>
  calls: Call[]
  /** Scopes and pools to look at before the transaction ends. */
  scopes: Set<string>
  pools: Set<string>
  /** Lanes and pools that could not be evaluated, with the reason: held as `internal-error`, nobody else affected. */
  troubled: { what: string; reason: string }[]
  /** Sums that disagreed with the jobs that they count, and were put right. */
  repaired: { what: string; was: number; counted: number }[]
  /** Attempts that were closed, to be charged: so that whoever closes one cannot forget it. */
  closed: { attempt: Attempt; usefulSeconds: number }[]
  registered: number
}

export const openBooks = (now: number, seq: number): Books => ({
  now,
  seq,
  cells: new Map(),
  read: new Map(),
  changed: new Set(),
  fences: new Map(),
  pages: new Map(),
  answers: new Map(),
  calls: [],
  scopes: new Set(),
  pools: new Set(),
  troubled: [],
  repaired: [],
  closed: [],
  registered: 0,
})

const idOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`

/** A copy to return to when a message cannot be applied: what was read stays true, what was decided is dropped. */
export const copyOf = (books: Books): Books => ({
  ...books,
  cells: new Map(books.cells),
  changed: new Set(books.changed),
  fences: new Map(books.fences),
  pages: new Map(books.pages),
  calls: [...books.calls],
  scopes: new Set(books.scopes),
  pools: new Set(books.pools),
  troubled: [...books.troubled],
  closed: [...books.closed],
  repaired: [...books.repaired],
})

/** Does a part of a decision; one that throws is undone as if it had not begun, and noted. Returns whether it was done. */
export function* isolated(books: Books, what: string, part: Deciding<void>): Deciding<boolean> {
  const before = copyOf(books)
  try {
    yield* part
    return true
  } catch (error) {
    Object.assign(books, before)
    books.troubled.push({ what, reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
    return false
  }
}

const remember = (books: Books, item: StoredItem | undefined, key: Key): void => {
  const id = idOf(key)
  books.read.set(id, item?.value)
  if (!books.changed.has(id)) books.cells.set(id, { key, value: item?.value })
}

/** Reads many items in one request. */
export function* readAhead(books: Books, keys: readonly Key[]): Deciding<void> {
  const missing = [...new Map(keys.map((key) => [idOf(key), key])).values()].filter(
    (key) => !books.cells.has(idOf(key)),
  )
  if (missing.length === 0) return
  const found = (yield { ask: 'items', keys: missing }) as readonly (StoredItem | undefined)[]
  for (const [i, key] of missing.entries()) remember(books, found[i], key)
}

/** The item as it stands in this unit of work, or undefined when there is none. */
export function* get<T, A extends readonly unknown[]>(
  books: Books,
  kind: Kind<T, A>,
  ...parts: A
): Deciding<T | undefined> {
  const key = kind.key(...parts)
  yield* readAhead(books, [key])
  const value = books.cells.get(idOf(key))?.value
  return value === undefined ? undefined : parseOnce(kind.schema, value)
}

export const put = <T, A extends readonly unknown[]>(books: Books, kind: Kind<T, A>, parts: A, value: T): void => {
  const key = kind.key(...parts)
  books.cells.set(idOf(key), { key, value })
  books.changed.add(idOf(key))
}

export const remove = <T, A extends readonly unknown[]>(books: Books, kind: Kind<T, A>, ...parts: A): void => {
  const key = kind.key(...parts)
  books.cells.set(idOf(key), { key, value: undefined })
  books.changed.add(idOf(key))
}

/** The transaction holds only if the item is as it was read (`rev`), or still absent (`undefined`). */
export const fence = <T, A extends readonly unknown[]>(
  books: Books,
  kind: Kind<T, A>,
  parts: A,
  rev: number | undefined,
): void => {
  const key = kind.key(...parts)
  books.fences.set(idOf(key), { key, rev })
}

const PAGE = 4

/** Items of a partition in key order, after `from`, this unit of work's changes included, as far as they are needed. */
export function* entries<T>(
  books: Books,
  pk: string,
  prefix: string,
  schema: z.ZodType<T>,
  limit = Number.POSITIVE_INFINITY,
  from?: string,
): Generator<Question, { sk: string; value: T }[], Answer> {
  const id = `${pk}\n${prefix}\n${from ?? ''}`
  for (;;) {
    const page = books.pages.get(id)
    const live = [...books.cells.values()]
      .filter(({ key, value }) => key.pk === pk && key.sk.startsWith(prefix) && value !== undefined)
      .filter(({ key }) => from === undefined || key.sk > from)
      .filter(({ key }) => page?.complete || (page?.last !== undefined && key.sk <= page.last))
      .sort((a, b) => (a.key.sk < b.key.sk ? -1 : 1))
    if (page && (page.complete || live.length >= limit))
      return live.slice(0, limit).map(({ key, value }) => ({ sk: key.sk, value: parseOnce(schema, value) }))
    const size = limit === Number.POSITIVE_INFINITY ? 100 : Math.max(PAGE, limit)
    const after = page?.last ?? from
    const more = (yield {
      ask: 'page',
      pk,
      prefix,
      limit: size,
      ...(after === undefined ? {} : { after }),
    }) as Page
    for (const item of more.items) remember(books, item, { pk: item.pk, sk: item.sk })
    books.pages.set(id, { last: more.items.at(-1)?.sk ?? page?.last, complete: more.complete })
  }
}

/** An answer that is asked once per unit of work. */
export function* once<T>(books: Books, question: Question, parse: (answer: unknown) => T): Deciding<T> {
  const id = JSON.stringify(question)
  if (!books.answers.has(id)) books.answers.set(id, yield question)
  return parse(books.answers.get(id))
}

/** Asks for something to be done after the transaction; asking twice is asking once. */
export const call = (books: Books, what: Call): void => {
  const text = JSON.stringify(what)
  if (!books.calls.some((made) => JSON.stringify(made) === text)) books.calls.push(what)
}

/** Whether the table is known not to hold it: a page that was read beyond this key, or to the end, has left it out. */
const isAbsent = (books: Books, { pk, sk }: Key): boolean =>
  !books.read.has(idOf({ pk, sk })) &&
  [...books.pages].some(([id, { last, complete }]) => {
    const [of, prefix = '', from = ''] = id.split('\n')
    return of === pk && sk.startsWith(prefix) && sk > from && (complete || (last !== undefined && sk <= last))
  })

/**
 * The changes of this unit of work, one per item. What is as it was read (a pool that gives one machine back and takes one;
 * a lane's entry that comes and goes at once) is not written: the shard's number already vouches for it.
 */
export const changesOf = (books: Books): Cell[] =>
  [...books.changed]
    .filter((id) => !books.read.has(id) || !isSame(books.read.get(id), books.cells.get(id)?.value))
    .flatMap((id) => books.cells.get(id) ?? [])
    .filter(({ key, value }) => value !== undefined || !isAbsent(books, key))
