/** Cells that a spreadsheet would read as a formula: keys of files are chosen by others. */
const FORMULA = /^[=+\-@\t\r]/

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** CSV by RFC 4180, with a header; lists and maps as JSON. Text that begins like a formula gets an apostrophe before it. */
export const csvText = (columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((column) => cell(row[column])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('')
