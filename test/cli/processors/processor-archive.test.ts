import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packProcessor } from '#cli/processors/processor-archive'

const root = join(import.meta.dirname, '../../..')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('packProcessor', () => {
  it.each(['members', 'claims'])('packs %s to the same bytes wherever the checkout stands', async (name) => {
    const elsewhere = join(folder, name, 'checkout')
    for (const part of ['package.json', 'config/processors', 'domain/envelope']) {
      await cp(join(root, part), join(elsewhere, part), { recursive: true })
    }
    const here = await packProcessor(join(root, 'config/processors', name))
    const there = await packProcessor(join(elsewhere, 'config/processors', name))
    expect(there.sha256).toBe(here.sha256)
    expect(there.archive.equals(here.archive)).toBe(true)
    expect(here).toMatchObject({ name, packages: ['nodejs20'], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(gunzipSync(here.archive).includes(root)).toBe(false)
  })
  it('changes its hash with the source', async () => {
    const place = join(folder, 'tiny')
    await mkdir(place)
    await writeFile(join(place, 'processor.json'), '{"name":"tiny","description":"d","packages":[]}')
    await writeFile(join(place, 'main.ts'), 'console.log(1)')
    const one = await packProcessor(place)
    await writeFile(join(place, 'main.ts'), 'console.log(2)')
    expect((await packProcessor(place)).sha256).not.toBe(one.sha256)
  })
  it.each([
    ['another name', '{"name":"other","description":"d","packages":[]}', "it should be wrong, the folder's name"],
    ['no description', '{"name":"wrong","packages":[]}', 'description'],
    ['an odd package', '{"name":"wrong","description":"d","packages":["a; reboot"]}', 'AL2023 package'],
  ])('refuses %s in processor.json', async (_, manifest, message) => {
    const place = join(folder, 'wrong')
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'processor.json'), manifest)
    await expect(packProcessor(place)).rejects.toThrow(message)
  })
})
