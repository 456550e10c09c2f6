import type { CsvLayout } from '#domain/csv/csv-layout'

/**
 * The rules of CSV once more, the slow and obvious way: one character after the other of the whole text. The oracle for the
 * scanner; shares no code with it. Knows layouts without `full`, and only errors.
 */
export function slowCsvErrors(file: Uint8Array, layout: CsvLayout): Set<string> {
  const errors = new Set<string>()
  let text = Buffer.from(file).toString('latin1')
  if (text.startsWith('\xef\xbb\xbf')) text = text.slice(3)
  const records: string[][] = []
  const malformed = new Set<string[]>()
  let fields: string[] = []
  let field = ''
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  let empty = true
  const endField = () => {
    fields.push(field)
    field = ''
    state = 'start'
  }
  const endRecord = () => {
    endField()
    if (!empty) records.push(fields)
    fields = []
    empty = true
  }
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charAt(at)
    if (c === '\0') errors.add('csv-nul')
    if (state === 'quoted') {
      empty = false
      if (c !== '"') field += c
      else if (text.charAt(at + 1) === '"') {
        field += '"'
        at += 1
      } else state = 'closed'
    } else if (c === '\r' || c === '\n') {
      if (c === '\r' && text.charAt(at + 1) === '\n') at += 1
      endRecord()
    } else if (c === layout.delimiter) {
      empty = false
      endField()
    } else {
      empty = false
      if (c === '"' && state === 'start') state = 'quoted'
      else {
        if (c === '"' || state === 'closed') errors.add('csv-quote')
        // What a field is worth that goes on behind its closing quote nobody can say: no mark of a trailer.
        if (state === 'closed' && fields.length === 0) malformed.add(fields)
        if (state === 'start') state = 'plain'
        field += c
      }
    }
  }
  if (state === 'quoted') errors.add('csv-quote')
  if (!empty) endRecord()
  // A record's encoding, as far as its characters are of one record: quotes and ends of line are ASCII.
  if (layout.encoding === 'utf-8') {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
    } catch {
      errors.add('csv-encoding')
    }
  }
  if (records.length === 0) return errors.add('empty-file')
  const decoded = (name = '') => Buffer.from(name, 'latin1').toString(layout.encoding === 'utf-8' ? 'utf8' : 'latin1')
  const plain = (name = '') => decoded(name).trim().toLowerCase()
  let rest = records
  let width = layout.header === 'none' && layout.columns.length > 0 ? layout.columns.length : undefined
  if (layout.header !== 'none') {
    const names = (records[0] ?? []).map(plain)
    const wanted = layout.columns.map((name) => name.trim().toLowerCase())
    if (wanted.some((name) => !names.includes(name))) errors.add('csv-header')
    if (layout.header === 'in-order' && names.join('\n') !== wanted.join('\n')) errors.add('csv-header')
    if (new Set(names).size !== names.length) errors.add('csv-header')
    width = names.length
    rest = records.slice(1)
  }
  const { trailer } = layout
  if (trailer) {
    const isTrailer = (record: string[]) => record[0] === trailer.mark && !malformed.has(record)
    const place = rest.findIndex(isTrailer)
    if (place < 0 || place !== rest.length - 1) errors.add('csv-trailer')
    for (const [n, record] of rest.entries()) {
      if (!isTrailer(record)) continue
      const before = rest.slice(0, n).filter((each) => !isTrailer(each)).length
      const right = trailer.counts === 'records' ? before : records.indexOf(record) + 1
      const told = (record[trailer.countField - 1] ?? '').trim()
      if (!/^\d+$/.test(told) || Number(told) !== right) errors.add('csv-trailer')
    }
    rest = rest.filter((each) => !isTrailer(each))
  }
  width ??= rest[0]?.length
  if (rest.some((record) => record.length !== width)) errors.add('csv-columns')
  return errors
}
