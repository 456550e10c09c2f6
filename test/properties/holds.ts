import fc from 'fast-check'

/** The same cases every time, so that a red build means a change; another seed looks elsewhere: `PROPERTY_SEED=7 npx vitest run test/properties`. */
const seed = Number(process.env['PROPERTY_SEED'] ?? 20_261_122)

/** Fails with the smallest counterexample that fast-check finds among `numRuns` cases. */
export const holds = <T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  predicate: (...values: T) => void,
  numRuns = 300,
): void => fc.assert(fc.property(...arbitraries, predicate), { seed, numRuns })
