import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pointers as awsPointers } from '#adapters/aws/pointers'
import { pointers as memoryPointers } from '#adapters/memory/pointers'
import type { Pointers } from '#domain/ports/pointers'
import { buckets } from '#test/contracts/buckets'

const memory = async () => ({ fresh: async () => memoryPointers(new Map()), close: async () => {} })
const aws = async () => {
  const { s3, fresh, close } = await buckets()
  return { fresh: async () => awsPointers(s3, await fresh()), close }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'S3', open: aws },
])('pointers over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let pointers: Pointers
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    pointers = await opened.fresh()
  })
  const key = 'done/acme/member/a b+c&é.834.json'
  const tag = async (): Promise<string | undefined> => (await pointers.read(key))?.tag

  it('nothing stands where nothing was written', async () => {
    expect(await pointers.read(key)).toBeUndefined()
  })

  it('the first writer has it, the second is told', async () => {
    expect(await pointers.write(key, { job: 'a' }, undefined)).toBe(true)
    expect(await pointers.write(key, { job: 'b' }, undefined)).toBe(false)
    expect(await pointers.read(key)).toMatchObject({ value: { job: 'a' } })
  })

  it('is moved by whoever saw it as it is, and by nobody who saw it as it was', async () => {
    await pointers.write(key, { job: 'a' }, undefined)
    const seen = await tag()
    expect(await pointers.write(key, { job: 'b' }, seen)).toBe(true)
    expect(await pointers.write(key, { job: 'c' }, seen)).toBe(false)
    expect(await pointers.read(key)).toMatchObject({ value: { job: 'b' } })
    expect(await tag()).not.toBe(seen)
  })

  it('what is not there any more was read by nobody', async () => {
    await pointers.write(`${key}.other`, { job: 'a' }, undefined)
    const seen = (await pointers.read(`${key}.other`))?.tag
    expect(await pointers.write(key, { job: 'b' }, seen)).toBe(false)
    expect(await pointers.read(key)).toBeUndefined()
  })
})
