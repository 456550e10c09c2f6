import { expect, it } from 'vitest'
import { validateStream } from '#functions/validate/validate-stream'

const MIB = 1024 ** 2

it('a long stream leaves no more behind than a few chunks', async () => {
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const chunks = async function* () {
    for (let n = 0; n < 64; n += 1) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      yield Buffer.alloc(MIB)
    }
  }
  const report = await validateStream(chunks(), { fileType: 'member', format: 'none' })
  expect(report).toMatchObject({ valid: true, bytesRead: 64 * MIB })
  // V8 by itself lets 32 MiB lie about.
  expect(most / MIB).toBeLessThan(16)
})
