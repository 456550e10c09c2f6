/** Numbers that look random and are the same for the same seed (mulberry32). */
export type Random = {
  /** a whole number from 0 up to, not including, `limit` */
  below(limit: number): number
  oneOf<T>(choices: readonly [T, ...T[]]): T
}

export function randomFrom(seed: number, purpose: string): Random {
  let state = [...purpose].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed) >>> 0
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, oneOf: (choices) => choices[below(choices.length)] ?? choices[0] }
}
