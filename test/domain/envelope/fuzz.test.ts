import { expect, it } from 'vitest'
import { fuzzFiles } from '#test/domain/envelope/fuzz-files'

// 100,000 by `npx tsx bench/main.ts fuzz`.
it('3,000 files changed at random get from the validator what the slow checkers say', async () => {
  const { files, refused, damagedGzip } = await fuzzFiles(20261122, { first: 0, count: 3000 })
  expect(files).toBeGreaterThan(2900)
  expect(refused).toBeGreaterThan(2000)
  expect(refused).toBeLessThan(files)
  expect(damagedGzip).toBeGreaterThan(50)
})
