import { setTimeout as pause } from 'node:timers/promises'

/** Between two looks: more would take the emulator's one core from the work that is looked at. */
const PAUSE_MS = 500

/**
 * Looks until what is seen is as it should be, and returns it.
 * @throws after `seconds`, with what was seen last.
 */
export const eventually = async <T>(
  what: string,
  look: () => Promise<T>,
  isAsItShouldBe: (seen: T) => boolean,
  seconds = 150,
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
