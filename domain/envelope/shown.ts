/**
 * A value from an envelope segment as it may appear in a finding. In a file that lost a terminator, body content stands
 * where a control number should: whatever does not look like one is not repeated (PHI).
 */
export function shown(value: string): string {
  if (value === '') return '(empty)'
  const harmless = /^\d{1,10}$|^[A-Z]{2}$|^00\d{4}X\d{3}(A\d)?$/
  return harmless.test(value) ? value : `(not shown, ${value.length} characters)`
}

export const differs = (name: string, seen: string, right: string): string =>
  `${name} is ${shown(seen)}, expected ${right}`

const significant = (text: string): string | undefined =>
  /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : undefined

/** Numbers as X12 writes them: leading zeros do not count, anything but digits is no number. */
export const sameNumber = (left: string, right: string): boolean => {
  const value = significant(left)
  return value !== undefined && value === significant(right)
}

export const sameCount = (text: string, count: number): boolean => significant(text) === String(count)
