import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          testTimeout: 60_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/contracts/**', 'test/scenarios/**', 'test/rehearsals/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'local-aws',
          include: ['test/contracts/**/*.test.ts', 'test/scenarios/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        // Too long for every change: CI stays below 20 minutes.
        extends: true,
        test: {
          name: 'rehearsals',
          include: ['test/rehearsals/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
