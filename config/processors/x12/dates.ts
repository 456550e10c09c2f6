/** `20260131` → `2026-01-31`; also with a time behind it (DT). Anything else is no date. */
export function isoDate(text: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{4})?$/.exec(text)
  return match ? `${match[1]}-${match[2]}-${match[3]}` : undefined
}

/** DTP02 and DTP03: a day (D8, DT) or a range (RD8). */
export function datesOf(format: string, value: string): { begin?: string; end?: string } {
  const [first = '', second = first] = format === 'RD8' ? value.split('-') : [value]
  const begin = isoDate(first)
  const end = isoDate(second)
  return { ...(begin !== undefined && { begin }), ...(end !== undefined && { end }) }
}
