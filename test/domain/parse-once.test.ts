import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { parseOnce, safeParseOnce } from '#domain/parse-once'

const Item = z.object({ job: z.string(), turn: z.int().default(0) })
const Other = z.object({ job: z.string() })

describe('parseOnce', () => {
  it('gives what parse gives, and the same to whoever asks again', () => {
    const value = { job: 'a', extra: 1 }
    const first = parseOnce(Item, value)
    expect(first).toEqual(Item.parse(value))
    expect(parseOnce(Item, value)).toBe(first)
  })

  it('keeps what one schema made of a value from another', () => {
    const value = { job: 'a' }
    expect(parseOnce(Item, value)).toEqual({ job: 'a', turn: 0 })
    expect(parseOnce(Other, value)).toEqual({ job: 'a' })
  })

  it('tells two values apart that look alike', () => {
    const one = parseOnce(Item, { job: 'a' })
    expect(parseOnce(Item, { job: 'a' })).not.toBe(one)
  })

  it.each([undefined, null, 'text', 7])('refuses %s every time, as parse does', (value) => {
    expect(() => parseOnce(Item, value)).toThrow(z.ZodError)
    expect(() => parseOnce(Item, value)).toThrow(z.ZodError)
  })

  it('remembers that a value is wrong, and why', () => {
    const value = { job: 5 }
    expect(safeParseOnce(Item, value)).toMatchObject({ success: false })
    expect(() => parseOnce(Item, value)).toThrow(/expected string/)
  })
})
