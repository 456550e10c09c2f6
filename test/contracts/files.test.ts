import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { files as awsFiles } from '#adapters/aws/files'
import { deleteKey, drop, files as memoryFiles, noFiles } from '#adapters/memory/files'
import type { FileVersion } from '#domain/job-id'
import type { Files } from '#domain/ports/files'
import { buckets } from '#test/contracts/buckets'

type Landing = {
  files: Files
  bucket: string
  drop: (key: string, content: Uint8Array | string) => Promise<FileVersion>
  deleteKey: (key: string) => Promise<void>
}

const memory = async () => ({
  fresh: async (): Promise<Landing> => {
    const state = noFiles()
    const bucket = 'landing'
    return {
      ...{ files: memoryFiles(state), bucket },
      drop: async (key, content) => ({
        bucket,
        key,
        version: drop(state, { bucket, key }, content, 1_790_000_000_000),
      }),
      deleteKey: async (key) => void deleteKey(state, { bucket, key }),
    }
  },
  close: async () => {},
})

const aws = async () => {
  const { s3, fresh, close } = await buckets()
  return {
    fresh: async (): Promise<Landing> => {
      const bucket = await fresh()
      return {
        ...{ files: awsFiles(s3), bucket },
        drop: async (key, Body) => {
          const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }))
          return { bucket, key, version: VersionId }
        },
        deleteKey: async (Key) => void (await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }))),
      }
    },
    close,
  }
}

const textOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'S3', open: aws },
])('files over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let landing: Landing
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    landing = await opened.fresh()
  })

  it.each(['acme/member/a.edi', 'acme/member/2026-11/ü & b+c.edi'])(
    'head of %s: the newest, or a version',
    async (key) => {
      const first = await landing.drop(key, 'four')
      const second = await landing.drop(key, 'seventh')
      const { files, bucket } = landing
      expect(await files.head({ bucket, key })).toEqual({ version: second.version, bytes: 7 })
      expect(await files.head(first)).toEqual({ version: first.version, bytes: 4 })
      expect(await files.head(second)).toEqual({ version: second.version, bytes: 7 })
    },
  )

  it('head of what is not there: undefined', async () => {
    const { files, bucket } = landing
    expect(await files.head({ bucket, key: 'acme/member/none' })).toBeUndefined()
    const file = await landing.drop('acme/member/a', 'x')
    const other = await landing.drop('acme/member/b', 'x')
    expect(await files.head({ ...file, version: other.version })).toBeUndefined()
  })

  it('head of a deleted key: undefined, but its old version stands', async () => {
    const file = await landing.drop('acme/member/a', 'four')
    await landing.deleteKey(file.key)
    expect(await landing.files.head({ bucket: file.bucket, key: file.key })).toBeUndefined()
    expect(await landing.files.head(file)).toEqual({ version: file.version, bytes: 4 })
    expect(await textOf(await landing.files.read(file))).toBe('four')
  })

  it('head of a key that came back after its deletion: the new version', async () => {
    const { key } = await landing.drop('acme/member/a', 'four')
    await landing.deleteKey(key)
    const again = await landing.drop(key, 'again')
    expect(await landing.files.head({ bucket: again.bucket, key })).toEqual({ version: again.version, bytes: 5 })
  })

  it('lists the newest versions, deleted keys left out, with the time of their arrival', async () => {
    const old = await landing.drop('acme/member/a', 'x')
    const a = await landing.drop('acme/member/a', 'seventh')
    const b = await landing.drop('acme/claims/ü b', 'four')
    await landing.drop('acme/member/gone', 'x')
    await landing.deleteKey('acme/member/gone')
    const { files: found, next } = await landing.files.list(landing.bucket)
    const sorted = found.sort((one, other) => one.bytes - other.bytes)
    expect(sorted.map(({ landedAt: _, ...file }) => file)).toEqual([
      { ...b, bytes: 4 },
      { ...a, bytes: 7 },
    ])
    expect(next).toBeUndefined()
    expect(found.every(({ landedAt }) => landedAt > 1_700_000_000_000 && landedAt < 4_000_000_000_000)).toBe(true)
    expect(found.map(({ version }) => version)).not.toContain(old.version)
  })

  it('lists a bucket without files as nothing', async () => {
    expect(await landing.files.list(landing.bucket)).toEqual({ files: [] })
  })

  it('reads exactly the version that it is asked for', async () => {
    const first = await landing.drop('acme/member/a', 'first')
    const second = await landing.drop('acme/member/a', 'x'.repeat(200_000))
    expect(await textOf(await landing.files.read(first))).toBe('first')
    expect((await textOf(await landing.files.read(second))).length).toBe(200_000)
  })

  it('reads an empty file as nothing', async () => {
    const file = await landing.drop('acme/member/a', '')
    expect(await textOf(await landing.files.read(file))).toBe('')
  })

  it('reading or tagging what is not there is an error', async () => {
    const { bucket, files } = landing
    const none = { bucket, key: 'acme/member/none', version: (await landing.drop('other', 'x')).version }
    await expect(files.read(none).then(textOf)).rejects.toThrow()
    await expect(files.writeTags(none, { reader: 'AROA:i-1' })).rejects.toThrow()
  })

  it('tags one version; what is written replaces what was there', async () => {
    const first = await landing.drop('acme/member/a', 'x')
    const second = await landing.drop('acme/member/a', 'y')
    const { files } = landing
    expect(await files.tags(first)).toEqual({})
    await files.writeTags(first, { batch: '7', reader: 'AROA:i-1' })
    expect(await files.tags(first)).toEqual({ batch: '7', reader: 'AROA:i-1' })
    await files.writeTags(first, { reader: 'AROA:i-2' })
    expect([await files.tags(first), await files.tags(second)]).toEqual([{ reader: 'AROA:i-2' }, {}])
  })
})
