/** Numbers that look random and are the same for the same seed and stream (sfc32, Chris Doty-Humphrey). */
export type Random = {
  /** 0 ≤ x < 1 */
  next(): number
  below(n: number): number
  between(from: number, to: number): number
  /** `odds` 0–1. */
  chance(odds: number): boolean
  pick<T>(list: readonly T[]): T
}

/** FNV-1a: a number of 32 bits for a text. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

export const randomOf = (seed: number, stream: string): Random => {
  let [a, b, c, d] = [seed | 0, hashOf(stream) | 0, 0x9e3779b9 | 0, 1]
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 12; i += 1) next()
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (odds) => next() < odds,
    pick: (list) => {
      const found = list[below(list.length)]
      if (found === undefined) throw new Error('nothing to pick from: the list is empty')
      return found
    },
  }
}
