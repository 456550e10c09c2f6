import { expect, it } from 'vitest'
import { fuzzFiles } from '#test/domain/envelope/fuzz-files'

// 100,000 by `npm run fuzz`.
it('3,000 files changed at random get from the validator what the slow checkers say', async () => {
  const { refused, damagedGzip } = await fuzzFiles(20261122, 3000)
  expect(refused).toBeGreaterThan(2000)
  expect(refused).toBeLessThan(3000)
  expect(damagedGzip).toBeGreaterThan(50)
})
