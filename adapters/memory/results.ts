import type { Results } from '#domain/ports/results'

/** The results bucket: key → text of the object. */
export type ResultState = Map<string, string>

/** The results bucket over a plain map. */
export const results = (objects: ResultState): Results => ({
  async readJson(key) {
    const text = objects.get(key)
    return text === undefined ? undefined : JSON.parse(text)
  },
  async writeJson(key, value) {
    objects.set(key, JSON.stringify(value))
  },
  async writeText(key, text) {
    objects.set(key, text)
  },
  async copy(from, to) {
    const text = objects.get(from)
    if (text === undefined) throw Object.assign(new Error(`there is no object ${from} to copy`), { name: 'NoSuchKey' })
    objects.set(to, text)
  },
})
