/** EC2's Query API: flat names with dots and numbers (`Filter.1.Value.2`), read back as lists and structures. */
export type Query = URLSearchParams

/** `InstanceId.1`, `InstanceId.2` … in the order of their numbers. */
export function listOf(query: Query, name: string): string[] {
  return numbersOf(query, name).flatMap((number) => query.get(`${name}.${number}`) ?? [])
}

/** `Tag.1.Key`, `Tag.1.Value` … as one query an entry, in the order of their numbers. */
export function structuresOf(query: Query, name: string): Query[] {
  return numbersOf(query, name).map((number) => {
    const prefix = `${name}.${number}.`
    const structure = new URLSearchParams()
    for (const [key, value] of query) if (key.startsWith(prefix)) structure.append(key.slice(prefix.length), value)
    return structure
  })
}

/** The tags of `Tag.N.Key` and `Tag.N.Value`; a missing value is an empty one, as on EC2. */
export function tagsOf(query: Query): Record<string, string> {
  return Object.fromEntries(structuresOf(query, 'Tag').map((tag) => [tag.get('Key') ?? '', tag.get('Value') ?? '']))
}

function numbersOf(query: Query, name: string): number[] {
  const numbers = [...query.keys()].flatMap((key) => {
    if (!key.startsWith(`${name}.`)) return []
    const number = Number(key.slice(name.length + 1).split('.', 1)[0])
    return Number.isInteger(number) ? [number] : []
  })
  return [...new Set(numbers)].sort((a, b) => a - b)
}
