import { setTimeout as pause } from 'node:timers/promises'

/** Between two looks: short against everything that a local instance does (about a second). */
const PAUSE_MS = 250

/**
 * Looks until what is seen is as it should be, and returns it.
 * @throws after `seconds`, with what was seen last.
 */
export const eventually = async <T>(
  what: string,
  look: () => Promise<T>,
  isAsItShouldBe: (seen: T) => boolean,
  seconds = 90,
): Promise<T> => {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const seen = await look()
    if (isAsItShouldBe(seen)) return seen
    if (Date.now() > deadline)
      throw new Error(`Not within ${seconds} s: ${what}. Seen last: ${JSON.stringify(seen, null, 1)}`)
    await pause(PAUSE_MS)
  }
}
