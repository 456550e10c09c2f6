/** Numbers that look random and are the same for the same seed (Numerical Recipes' linear congruence). */
export const randomFrom = (seed: number) => {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e37_79b9) >>> 0
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  return {
    below,
    chance: (percent: number): boolean => below(100) < percent,
    pick: <T>(list: readonly T[]): T => {
      const found = list[below(list.length)]
      if (found === undefined) throw new Error('nothing to pick from')
      return found
    },
    /** Takes one out of a list, any. */
    draw: <T>(list: T[]): T | undefined => list.splice(below(list.length), 1)[0],
  }
}
export type Random = ReturnType<typeof randomFrom>
