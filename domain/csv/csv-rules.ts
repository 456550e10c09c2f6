import { type EnvelopeReport, noCounts } from '#domain/envelope/envelope-report'
import { findingList } from '#domain/envelope/finding'
import { type HeadcountLimits, headcount } from '#domain/envelope/headcount'
import { sameCount, shown } from '#domain/envelope/shown'
import type { CsvLayout } from './csv-layout.ts'
import { FLAW } from './read-record.ts'

export type CsvOptions = HeadcountLimits & {
  fileType: string
  csv: CsvLayout
  /** a file without records is an error */
  emptyIsUnsound?: boolean
}

const flawTable: readonly (readonly [number, string, string])[] = [
  [FLAW.bareQuote, 'csv-quote', 'a quote stands inside a field that is not quoted'],
  [FLAW.afterQuote, 'csv-quote', 'something stands between a closing quote and the delimiter'],
  [FLAW.openQuote, 'csv-quote', 'a quote is not closed'],
  [FLAW.encoding, 'csv-encoding', 'a record is not UTF-8'],
  [FLAW.nul, 'csv-nul', 'a record holds a NUL byte: UTF-16, or not text?'],
]

/** The columns of a header as they are compared: blanks around them and capitals apart. */
const named = (name: string): string => name.trim().toLowerCase()

/** The rules of a CSV layout, told one record after the other. Never says what a record contains (PHI). */
export function csvRules(options: CsvOptions) {
  const { columns, header, trailer, full } = options.csv
  const findings = findingList()
  const counts = noCounts()
  let byte = 0
  let records = 0
  let width = columns.length > 0 && header !== 'any-order' ? columns.length : undefined
  let headerSeen = header === 'none'
  let trailerSeen = false
  let strayReported = false

  const note = (code: string, message: string, severity: 'error' | 'warning' = 'error'): void =>
    findings.add({ code, severity, message, segment: Math.max(1, counts.segments), byte })

  const readHeader = (names: readonly string[]): void => {
    const seen = names.map(named)
    const wanted = columns.map(named)
    const missing = columns.filter((name) => !seen.includes(named(name)))
    if (missing.length > 0) note('csv-header', `the header lacks ${missing.length} columns: ${missing.join(', ')}`)
    else if (header === 'in-order' && seen.join('\n') !== wanted.join('\n'))
      note('csv-header', `the header has ${seen.length} columns, expected ${wanted.length} in the order of the row`)
    if (new Set(seen).size < seen.length) note('csv-header', 'the header names a column twice')
    headerSeen = true
    width = seen.length
  }
  const readTrailer = (fields: readonly string[]): void => {
    if (trailer === undefined) return
    const count = (fields[trailer.countField - 1] ?? '').trim()
    const right = trailer.counts === 'records' ? records : counts.segments
    if (!sameCount(count, right))
      note('csv-trailer', `the trailer counts ${shown(count)}, expected ${right} (${trailer.counts})`)
    trailerSeen = true
  }

  return {
    note,
    /** One record that is not blank. `read` gives its fields as text; it is called for header and trailer only. */
    record(at: number, fields: number, flaws: number, isTrailer: boolean, read: () => string[]): void {
      byte = at
      counts.segments += 1
      if (flaws !== 0) for (const [bit, code, message] of flawTable) if ((flaws & bit) !== 0) note(code, message)
      if (!headerSeen) return readHeader(read())
      if (trailerSeen && !strayReported) {
        note('csv-trailer', 'a record follows the trailer')
        strayReported = true
      }
      if (isTrailer) return readTrailer(read())
      records += 1
      width ??= fields
      if (fields !== width) note('csv-columns', `a record has ${fields} fields, expected ${width}`)
    },
    tooLong(at: number, longest: number): void {
      byte = at
      counts.segments += 1
      note('csv-record-too-long', `no end of a record within ${longest} bytes: a quote that is not closed?`)
    },
    end(offset: number, stopped: boolean): EnvelopeReport {
      if (options.fileType === 'member') counts.members = records
      if (options.fileType === 'claims') counts.claims = records
      byte = offset
      if (!stopped) wholeFile()
      return { fileType: options.fileType, counts, full, ...findings.end() }
    },
  }

  function wholeFile(): void {
    if (counts.segments === 0) return note('empty-file', 'the file has no content')
    if (trailer !== undefined && !trailerSeen) note('csv-trailer', 'the file has no trailer: is it whole?')
    if (records === 0) note('no-records', 'the file has no records', options.emptyIsUnsound ? 'error' : 'warning')
    if (full) for (const { code, message } of headcount(records, options)) note(code, message)
  }
}
