import type { ResultState } from '#adapters/memory/results'
import type { Pointers } from '#domain/ports/pointers'

/** Pointers in the results bucket, over the same plain map; a tag is the text itself. */
export const pointers = (objects: ResultState): Pointers => ({
  async read(key) {
    const tag = objects.get(key)
    return tag === undefined ? undefined : { value: JSON.parse(tag), tag }
  },
  async write(key, value, tag) {
    if (objects.get(key) !== tag) return false
    objects.set(key, JSON.stringify(value))
    return true
  },
})
