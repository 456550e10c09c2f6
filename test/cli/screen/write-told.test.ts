import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { writeTold } from '#cli/screen/write-told'

const folder = mkdtempSync(join(tmpdir(), 'mayfly-write-'))
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  { json: true, told: (file: string) => `${JSON.stringify({ file, jobs: 3, bytes: 4 })}\n` },
  { json: undefined, told: (file: string) => `${file}: 3 jobs, 1 KiB\n` },
])('what is written to a file is told on standard output: $json', async ({ json, told }) => {
  const file = join(folder, 'out')
  expect(await writeTold(file, 'é12', { jobs: 3 }, { json })).toBe(told(file))
  expect(readFileSync(file, 'utf8')).toBe('é12')
})
