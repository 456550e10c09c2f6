import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { readSegments } from '#config/processors/x12/segments'
import { bytesOf, isa, written } from '#test/domain/envelope/sample-text'

it.each([false, true])(
  'every segment arrives whole where a piece read from disk ends within it (gzip %s)',
  async (gzip) => {
    const folder = await mkdtemp(join(tmpdir(), 'segments-'))
    try {
      const body = Array.from({ length: 100_000 }, (_, number) => `REF*${number}`)
      const bytes = bytesOf(isa() + written(body) + isa('000000002'))
      await writeFile(join(folder, 'file'), gzip ? gzipSync(bytes) : bytes)
      const seen: string[] = []
      let batches = 0
      for await (const { segments } of readSegments(join(folder, 'file'))) {
        batches += 1
        for (const { tag, elements } of segments) if (tag !== 'ISA') seen.push(elements.join('*'))
      }
      expect(batches).toBeGreaterThan(3)
      expect(seen).toEqual(body)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
