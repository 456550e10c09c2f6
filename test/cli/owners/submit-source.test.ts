import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sourceOf } from '#cli/owners/submit-source'

const folder = mkdtempSync(join(tmpdir(), 'mayfly-source-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'a.837')
writeFileSync(file, 'ISA*')
const pipe = join(folder, 'pipe')
spawnSync('sh', ['-c', `mkfifo ${pipe}`])

describe('what is submitted', () => {
  it.each([
    { name: file, source: { name: file, bytes: 4 } },
    {
      name: 's3://bucket/a/b c.837',
      source: { name: 's3://bucket/a/b c.837', object: { Bucket: 'bucket', Key: 'a/b c.837' } },
    },
  ])('$name', async ({ name, source }) => expect(await sourceOf(name)).toEqual(source))

  it.each([
    {
      name: folder,
      says: `${folder} is a folder; submit needs a regular file that can be read, or s3://<bucket>/<key>`,
    },
    { name: pipe, says: `${pipe} is a pipe; submit needs a regular file` },
    { name: '/dev/null', says: '/dev/null is a device; submit needs a regular file' },
    { name: join(folder, 'b.837'), says: 'b.837 is not there; submit needs a regular file' },
    { name: `${file}/c`, says: 'cannot be looked at (ENOTDIR); submit needs' },
    { name: 's3://x', says: 's3://x names no object; it should be s3://<bucket>/<key>' },
    { name: 's3://x/', says: 's3://x/ names no object' },
  ])('$name is refused: $says', async ({ name, says }) => {
    await expect(sourceOf(name)).rejects.toThrow(says)
  })
})
