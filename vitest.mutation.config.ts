import { defineConfig } from 'vitest/config'

/**
 * The tests that mutants of `domain/` meet: tables and properties, and not the random worlds, which take 20 s each time and
 * would make one run of all mutants take a day.
 */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts', 'test/properties/**/*.test.ts'],
    exclude: [
      'test/domain/envelope/**',
      'test/domain/schedule/random-worlds.test.ts',
      'test/properties/owners-requests.test.ts',
    ],
    // No test leaves anything behind in a module; files of their own would take a third longer.
    isolate: false,
    testTimeout: 60_000,
  },
})
