/** A field of a row or policy as people read it; one that is not set is a dash. */
export const shownValue = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : (JSON.stringify(value) ?? '–')
