/**
 * What a table makes of a value: a copy of its own that nobody can change, without what is undefined (the document
 * client's `removeUndefinedValues`). Reads hand out the same frozen copy, so they cost nothing.
 */
export const stored = <T>(value: T): T => copyOf(value) as T

const copyOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf))
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(value)) if (part !== undefined) copy[name] = copyOf(part)
  return Object.freeze(copy)
}
