/** An item as DynamoDB holds it: its keys and its attributes. */
export type Item = Readonly<Record<string, unknown>>

const bytes = (text: string): number => Buffer.byteLength(text)

/** A number takes about one byte for two significant digits, and one; zeros at either end are not significant. */
const numberSize = (value: number): number => {
  const digits = String(Math.abs(value)).replace('.', '').replace(/^0+/, '').replace(/0+$/, '')
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0)
}

const valueSize = (value: unknown): number => {
  if (typeof value === 'string') return bytes(value)
  if (typeof value === 'number') return numberSize(value)
  if (Array.isArray(value)) return 3 + value.reduce((sum: number, part) => sum + 1 + valueSize(part), 0)
  if (typeof value === 'object' && value !== null)
    return (
      3 +
      Object.entries(value).reduce(
        (sum, [name, part]) => sum + (part === undefined ? 0 : 1 + bytes(name) + valueSize(part)),
        0,
      )
    )
  return 1
}

/** Bytes of an item (DynamoDB developer guide, "Item sizes and formats"): names and values; 3 more for a list or map, 1 for each of its parts. */
export const itemSize = (item: Item | undefined): number =>
  Object.entries(item ?? {}).reduce(
    (sum, [name, part]) => sum + (part === undefined ? 0 : bytes(name) + valueSize(part)),
    0,
  )

/** Read units of one strongly consistent read: 1 for each started 4 KB; nothing found costs 1 too. */
export const readUnits = (size: number): number => Math.max(1, Math.ceil(size / 4096))

/** Write units of one item in a transaction: 2 for each started KB of the larger of old and new. */
export const transactedUnits = (old: number, now: number): number => 2 * plainUnits(old, now)

/** Write units of one item outside a transaction. */
export const plainUnits = (old: number, now: number): number => Math.max(1, Math.ceil(Math.max(old, now) / 1024))
