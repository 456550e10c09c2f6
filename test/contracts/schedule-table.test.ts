import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { at, scheduleTables } from '#test/contracts/schedule-tables'

describe.each(scheduleTables)('the schedule table over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let table: ScheduleTable
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    table = (await opened.fresh()).table
  })
  const valueAt = async (pk: string, sk = 'STATE') => (await table.items([at(pk, sk)]))[0]?.value

  it('count: the items of one partition', async () => {
    for (const n of [1, 2, 3]) await table.write(at('P', `s${n}`), { n })
    await table.write(at('Q'), { n: 1 })
    expect(await table.count({ pk: 'P' })).toEqual({ count: 3 })
    expect(await table.count({ pk: 'nobody' })).toEqual({ count: 0 })
  })

  describe('items', () => {
    it('come in the order of the question, undefined where there is none', async () => {
      for (const n of [1, 2, 3]) await table.write(at('P', `s${n}`), { n })
      const found = await table.items([at('P', 's3'), at('P', 's9'), at('Q'), at('P', 's1')])
      expect(found).toEqual([
        { pk: 'P', sk: 's3', value: { n: 3 } },
        undefined,
        undefined,
        { pk: 'P', sk: 's1', value: { n: 1 } },
      ])
    })

    it('hold values of every kind, without what is undefined', async () => {
      const value = { text: 'é', none: null, yes: true, list: [1, { deep: 'x' }], empty: {}, big: 1_790_000_000_000 }
      await table.write(at('P'), { ...value, gone: undefined })
      // Strictly: toEqual takes what is undefined for absent.
      expect(await valueAt('P')).toStrictEqual(value)
    })

    it('are replaced whole, and removed; removing what is not there is no error', async () => {
      await table.write(at('P'), { a: 1, b: 2 })
      await table.write(at('P'), { a: 3 })
      expect(await valueAt('P')).toEqual({ a: 3 })
      await table.remove(at('P'))
      await table.remove(at('P'))
      expect(await valueAt('P')).toBeUndefined()
    })

    it('are no longer what the writer changes afterwards', async () => {
      const value = { list: [1] }
      await table.write(at('P'), value)
      value.list.push(2)
      expect(await valueAt('P')).toEqual({ list: [1] })
    })

    it.each([
      { what: 'no key', wanted: [] },
      { what: 'a key twice', wanted: [at('P'), at('P')] },
      { what: '101 keys', wanted: Array.from({ length: 101 }, (_, n) => at('P', String(n))) },
    ])('are refused for $what', async ({ wanted }) => {
      await expect(table.items(wanted)).rejects.toMatchObject({ name: 'ValidationException' })
    })
  })

  describe('a page', () => {
    const sks = (page: { items: { sk: string }[] }) => page.items.map(({ sk }) => sk)
    beforeEach(async () => {
      for (const sk of ['b#2', 'a#10', 'b#1', 'c', 'a#9', 'B#0', 'b']) await table.write(at('P', sk), { sk })
      await table.write(at('P2', 'b#3'), {})
    })

    it.each([
      { query: {}, found: ['B#0', 'a#10', 'a#9', 'b', 'b#1', 'b#2', 'c'] },
      { query: { prefix: 'b#' }, found: ['b#1', 'b#2'] },
      { query: { prefix: 'b' }, found: ['b', 'b#1', 'b#2'] },
      { query: { after: 'b' }, found: ['b#1', 'b#2', 'c'] },
      { query: { after: 'aa' }, found: ['b', 'b#1', 'b#2', 'c'] },
      { query: { prefix: 'b#', after: 'b#1' }, found: ['b#2'] },
      { query: { prefix: 'x' }, found: [] },
      { query: { pk: 'Q' }, found: [] },
    ])('of $query: $found, and complete', async ({ query, found }) => {
      const page = await table.page({ pk: 'P', prefix: '', limit: 100, ...query })
      expect(sks(page)).toEqual(found)
      expect(page.complete).toBe(true)
      expect(page.items.every(({ pk, sk, value }) => pk === 'P' && (value as { sk: string }).sk === sk)).toBe(true)
    })

    it('with a limit is incomplete, and the next goes on behind it to the end', async () => {
      const all: string[] = []
      let after: string | undefined
      for (let complete = false, pages = 0; !complete; pages += 1) {
        expect(pages).toBeLessThan(5)
        const page = await table.page({ pk: 'P', prefix: '', limit: 3, ...(after === undefined ? {} : { after }) })
        if (pages < 2) expect(page).toMatchObject({ items: { length: 3 }, complete: false })
        all.push(...sks(page))
        after = page.items.at(-1)?.sk ?? after
        complete = page.complete
      }
      expect(all).toEqual(['B#0', 'a#10', 'a#9', 'b', 'b#1', 'b#2', 'c'])
    })

    it('keeps its order when hundreds come in disorder and half of them go', async () => {
      const names = Array.from({ length: 700 }, (_, n) => String((n * 337) % 700).padStart(4, '0'))
      for (const batch of [names.slice(0, 350), names.slice(350)])
        await Promise.all(batch.map((sk) => table.write(at('L', sk), {})))
      await Promise.all(names.filter((sk) => Number(sk) % 2 === 0).map((sk) => table.remove(at('L', sk))))
      const { items } = await table.page({ pk: 'L', prefix: '', after: '0299', limit: 4 })
      expect(sks({ items })).toEqual(['0301', '0303', '0305', '0307'])
    })
  })
})
