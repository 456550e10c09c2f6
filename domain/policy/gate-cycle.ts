import { defaultPolicy } from '#domain/policy/defaults'
import { afterOf } from '#domain/policy/merge'
import type { PolicyRow } from '#domain/policy/policy'

const typesOf = (rows: readonly PolicyRow[]): string[] => {
  const named = rows.flatMap(({ fileType, after = [] }) => [fileType, ...after.map(({ type }) => type)])
  return [...new Set([...Object.keys(defaultPolicy), ...named])].filter((type) => type !== '*').sort()
}

/**
 * `after` must be a DAG: a path of types that wait for each other, first and last the same, or undefined. Looked for on
 * the merged rows of one payer, because rows that are each in order can make a cycle together.
 */
export const gateCycle = (rows: readonly PolicyRow[], payerId: string): string[] | undefined => {
  const sound = new Set<string>()
  const walk = (type: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(type)) return [...path.slice(path.indexOf(type)), type]
    if (sound.has(type)) return undefined
    for (const required of afterOf(rows, payerId, type)) {
      const cycle = walk(required.type, [...path, type])
      if (cycle) return cycle
    }
    sound.add(type)
    return undefined
  }
  for (const type of typesOf(rows)) {
    const cycle = walk(type, [])
    if (cycle) return cycle
  }
  return undefined
}
