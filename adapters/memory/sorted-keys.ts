/**
 * Texts in order, in chunks, so that a lane of a million entries takes one more, or loses its head, without a million
 * moves (a plain array's `splice` does them all: 1 ms each at 10⁶).
 */
export type SortedKeys = { chunks: string[][] }

/** Splits at this size: a splice of half of it is about 100 ns. */
const MOST = 512

export const noKeys = (): SortedKeys => ({ chunks: [] })

/** The first index of which `atOrAfter` holds; it must hold for all indexes behind that one too. */
const firstIndex = (length: number, atOrAfter: (index: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (atOrAfter(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Keys are ASCII, where the order of UTF-16 units is that of DynamoDB's bytes (`Name` in domain/route.ts, hex, digits). */
const place = ({ chunks }: SortedKeys, key: string): { at: number; in: number } => {
  const at = firstIndex(chunks.length, (index) => (chunks[index]?.at(-1) ?? '') >= key)
  const chunk = chunks[at] ?? []
  return { at, in: firstIndex(chunk.length, (index) => (chunk[index] ?? '') >= key) }
}

export const addKey = (keys: SortedKeys, key: string): void => {
  const { chunks } = keys
  const found = place(keys, key)
  const at = Math.min(found.at, Math.max(0, chunks.length - 1))
  const chunk = chunks[at] ?? []
  const index = found.at === at ? found.in : chunk.length
  if (chunk[index] === key) return
  chunk.splice(index, 0, key)
  if (chunks.length === 0) chunks.push(chunk)
  if (chunk.length > MOST) chunks.splice(at + 1, 0, chunk.splice(MOST / 2))
}

export const dropKey = (keys: SortedKeys, key: string): void => {
  const { at, in: index } = place(keys, key)
  const chunk = keys.chunks[at]
  if (chunk?.[index] !== key) return
  chunk.splice(index, 1)
  if (chunk.length === 0) keys.chunks.splice(at, 1)
}

/** At most `limit` keys that start with `prefix`, after `after`, in order. */
export const keysFrom = (keys: SortedKeys, prefix: string, after: string | undefined, limit: number): string[] => {
  const found: string[] = []
  const from = after !== undefined && after > prefix ? after : prefix
  let { at, in: index } = place(keys, from)
  for (; at < keys.chunks.length; at += 1, index = 0)
    for (const key of keys.chunks[at]?.slice(index) ?? []) {
      if (after !== undefined && key <= after) continue
      if (!key.startsWith(prefix)) return found
      if (found.length === limit) return found
      found.push(key)
    }
  return found
}
