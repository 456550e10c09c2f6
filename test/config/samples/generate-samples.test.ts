import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSamples, type Manifest } from '#config/samples/generate-samples'
import { validateStream } from '#functions/validate/validate-stream'
import { unpacked } from '#test/config/processors/run-processor'

let folder: string
let manifest: Manifest
const generate = (name: string, seed: number, members = 300): Promise<Manifest> =>
  generateSamples({ outDir: join(folder, name), seed, members })
const contents = async (name: string): Promise<Record<string, string>> => {
  const files = (await readdir(join(folder, name), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  const entries = files.map(async (file) => [file.name, await readFile(join(file.parentPath, file.name), 'latin1')])
  return Object.fromEntries(await Promise.all(entries))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samples-'))
  manifest = await generate('one', 1)
})
afterAll(() => rm(folder, { recursive: true }))

describe('sample files', () => {
  it('are the same for the same seed and others for another', async () => {
    await generate('again', 1)
    await generate('other', 2)
    expect(await contents('again')).toEqual(await contents('one'))
    expect(await contents('other')).not.toEqual(await contents('one'))
  })
  it('arrive in the order that the payers are samples of', () => {
    const order = (payer: string): string[] =>
      manifest.drops.filter(({ payerId }) => payerId === payer).map(({ fileType, expect: end }) => `${fileType} ${end}`)
    expect(order('sunrise-health')).toEqual(['member succeeded', 'claims succeeded'])
    expect(order('bluebird-mutual')).toEqual([...Array(5).fill('member succeeded'), 'claims succeeded'])
    expect(order('harbor-care')).toEqual(['claims succeeded', 'claims succeeded', 'member succeeded'])
    expect(order('tidewater-plan')).toEqual(['claims waiting', 'member rejected'])
    expect(manifest.drops.find(({ expect: end }) => end === 'waiting')?.because).toBe('member-file-rejected')
    expect(manifest.drops.every(({ key }) => /^[a-z-]+\/(member|claims)\/[^/]+$/.test(key))).toBe(true)
  })
  it('are valid but for the broken one, which has the codes that its manifest says', async () => {
    for (const { file, fileType, expect: end, codes, holds } of manifest.drops) {
      const stream = createReadStream(join(folder, 'one', file))
      const { valid, findings, counts } = await validateStream(stream, { fileType, format: 'x12' })
      expect(
        findings.map(({ code }) => code),
        file,
      ).toEqual(codes ?? [])
      expect(valid, file).toBe(end !== 'rejected')
      expect('members' in holds ? counts.members : counts.claims, file).toBe(Object.values(holds)[0])
    }
  })
  it('give what the manifest says when they are processed, members first', async () => {
    const processors = { member: await unpacked('members'), claims: await unpacked('claims') }
    const isMember = ({ fileType }: Manifest['drops'][number]): number => (fileType === 'member' ? 0 : 1)
    const last = new Map<string, string>()
    for (const drop of manifest.drops.toSorted((a, b) => isMember(a) - isMember(b))) {
      const bytes = await readFile(join(folder, 'one', drop.file))
      const members = last.get(drop.payerId) ?? ''
      const { exitCode, lines, summary } = await processors[drop.fileType].run(bytes, { 'members.ndjson': members })
      expect(exitCode, drop.file).toBe(0)
      expect(summary, drop.file).toMatchObject(drop.holds)
      if (drop.fileType === 'member') last.set(drop.payerId, lines.map((line) => JSON.stringify(line)).join('\n'))
    }
    for (const { folder: place } of Object.values(processors)) await rm(place, { recursive: true })
  })
})
