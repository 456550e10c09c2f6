/** Values of condition keys in a request. A key that is absent is absent: IAM makes a difference. */
export type Context = Record<string, string | string[]>

/** A text of a policy, made a regular expression's: `*` and `?` are left. */
const escaped = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, '\\$&')

/** `*` any text, `?` one character; nothing else is special. */
export const matchesWildcard = (pattern: string, text: string, { ignoreCase = false } = {}): boolean =>
  new RegExp(
    `^${escaped(pattern).replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]')}$`,
    ignoreCase ? 'i' : '',
  ).test(text)

/**
 * Puts the request's values for policy variables. A variable whose key is absent or has many values makes the whole
 * pattern match nothing (IAM user guide, "Policy variables with no value"); its value is text, its wildcards are not.
 */
export const withVariables = (pattern: string, context: Context): RegExp | undefined => {
  let missing = false
  const parts = pattern.split(/(\$\{[^}]+\})/).map((part) => {
    const [, name] = /^\$\{([^}]+)\}$/.exec(part) ?? []
    if (name === undefined) return escaped(part).replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]')
    if (['*', '?', '$'].includes(name)) return `\\${name}`
    const value = context[name]
    if (typeof value !== 'string') missing = true
    return typeof value === 'string' ? escaped(value).replaceAll('*', '\\*').replaceAll('?', '\\?') : ''
  })
  return missing ? undefined : new RegExp(`^${parts.join('')}$`)
}
