import { describe, expect, it } from 'vitest'
import { CsvLayout } from '#domain/csv/csv-layout'
import { scanCsv } from '#domain/csv/scan-csv'
import { slowCsvErrors } from '#test/domain/csv/slow-csv'
import { changedAtRandom } from '#test/domain/envelope/changed-at-random'
import { randomFrom } from '#test/support/random'

type Layout = Parameters<typeof CsvLayout.parse>[0]
type Options = { emptyIsUnsound?: boolean; minMembers?: number; maxDropPercent?: number; lastFullMembers?: number }

const scan = (text: string | Uint8Array, layout: Layout = {}, options: Options = {}, size = 64 * 1024) => {
  const file = typeof text === 'string' ? Buffer.from(text) : text
  const scanner = scanCsv({ fileType: 'member', csv: CsvLayout.parse(layout), ...options })
  for (let at = 0; at < file.length; at += size) scanner.push(file.subarray(at, at + size))
  return scanner.end()
}
const codes = ({ findings }: ReturnType<typeof scan>): string[] => findings.map(({ code }) => code)
const CHUNKS = [1, 2, 3, 7, 105, 106, 107, 64 * 1024]

const trailer = { mark: 'TRL' }
const people = 'id,name\n1,Ann\n2,Bob\n'

describe('sound files', () => {
  it.each<[string, string | Uint8Array, Layout, number]>([
    ['commas and a header', people, {}, 2],
    ['CRLF and blank lines', 'id,name\r\n\r\n1,Ann\r\n2,Bob\r\n\r\n', {}, 2],
    ['CR alone', 'id,name\r1,Ann\r2,Bob\r', {}, 2],
    ['another delimiter', 'id|name\n1|Ann, the first\n', { delimiter: '|' }, 1],
    ['tabs', 'id\tname\n1\tAnn\n', { delimiter: '\t' }, 1],
    ['quotes, and delimiters, quotes and new lines inside', 'id,name\n1,"a ""b"", c\r\nd"\n"2",""\n', {}, 2],
    ['columns in any order, capitals and blanks apart', 'NAME, Id,more\nAnn,1,x\n', { columns: ['id', 'name'] }, 1],
    ['columns in order', people, { header: 'in-order', columns: ['id', 'name'] }, 2],
    ['no header', '1,Ann\n2,Bob\n3,Cid\n', { header: 'none' }, 3],
    ['a trailer with the number of records', `${people}TRL,2\n`, { trailer }, 2],
    [
      'a trailer in quotes, with the number of lines',
      `${people}"TRL","","0004"\n`,
      { trailer: { ...trailer, countField: 3, counts: 'lines' } },
      2,
    ],
    ['a trailer without its line end', `${people}TRL,2`, { trailer }, 2],
    ['UTF-8', 'id,name\n1,Žofie 😀 日本\n', {}, 1],
    ['Latin-1', Buffer.from('id,name\n1,Zo\xeb\n', 'latin1'), { encoding: 'latin1' }, 1],
  ])('%s', (_, text, layout, members) => {
    const report = scan(text, layout)
    expect(report).toMatchObject({ valid: true, findings: [], counts: { members } })
  })
})

describe('one defect, its code', () => {
  it.each<[string, string | Uint8Array, string[], Layout?, Options?]>([
    ['nothing', '', ['empty-file']],
    ['blank lines', '\n\r\n', ['empty-file']],
    ['a field too many', `${people}3,Cid,x\n`, ['csv-columns']],
    ['a field too few', 'id,name\n1\n', ['csv-columns']],
    [
      'another number of columns than the row says',
      '1,2,3\n',
      ['csv-columns'],
      { header: 'none', columns: ['a', 'b'] },
    ],
    ['a header that lacks a column', people, ['csv-header'], { columns: ['id', 'birth'] }],
    ['a header in another order', people, ['csv-header'], { header: 'in-order', columns: ['name', 'id'] }],
    ['a header that names a column twice', 'id,ID\n1,2\n', ['csv-header']],
    ['a quote inside', 'id,name\n1,An"n\n', ['csv-quote']],
    ['something behind a closing quote', 'id,name\n1,"An"n\n', ['csv-quote']],
    ['a quote that is not closed', 'id,name\n1,"Ann\n', ['csv-quote', 'csv-unterminated']],
    ['Latin-1 in UTF-8', Buffer.from('id,name\n1,Zo\xeb\n', 'latin1'), ['csv-encoding']],
    ['a surrogate', Buffer.from('id,name\n1,\xed\xa0\x80\n', 'latin1'), ['csv-encoding']],
    [
      'UTF-16',
      Buffer.from('\ufeffid,name\n', 'utf16le'),
      ['csv-encoding', 'csv-nul', 'csv-nul', 'csv-columns', 'csv-unterminated'],
    ],
    ['NUL', 'id,name\n1,\0\n', ['csv-nul']],
    ['a trailer that counts wrong', `${people}TRL,3\n`, ['csv-trailer'], { trailer }],
    ['a trailer that does not count', `${people}TRL,\n`, ['csv-trailer'], { trailer }],
    ['no trailer', people, ['csv-trailer'], { trailer }],
    ['a record behind the trailer', `${people}TRL,2\n3,Cid\n`, ['csv-trailer'], { trailer }],
    ['a header and no records', 'id,name\n', ['no-records'], {}, { emptyIsUnsound: true }],
    ['a record without end', `id,name\n1,"${'x'.repeat(1024 * 1024)}`, ['csv-record-too-long']],
    ['few in a full file', people, ['too-few-members'], { full: true }, { minMembers: 3 }],
    ['fewer than last time', people, ['members-dropped'], { full: true }, { maxDropPercent: 20, lastFullMembers: 3 }],
  ])('%s', (_, text, expected, layout, options) => {
    const report = scan(text, layout, options)
    expect(codes(report)).toEqual(expected)
    expect(report.valid).toBe(false)
  })
  it.each<[string, string, string[], Layout?, Options?]>([
    ['a byte order mark', `\ufeff${people}`, ['bom']],
    ['no line end', people.trim(), ['csv-unterminated']],
    ['no records', 'id,name\n', ['no-records']],
    ['few in a file that is not full', people, [], {}, { minMembers: 3, maxDropPercent: 1, lastFullMembers: 9 }],
    ['a little fewer than last time', people, [], { full: true }, { maxDropPercent: 34, lastFullMembers: 3 }],
  ])('%s is let through', (_, text, expected, layout, options) => {
    const report = scan(text, layout, options)
    expect(codes(report)).toEqual(expected)
    expect(report.valid).toBe(true)
  })
  it('says which record and byte, and never what it contains', () => {
    const text = `${people}3,SECRET,x\nTRL,SECRET\n`
    const report = scan(text, { trailer })
    expect(report.findings).toMatchObject([
      { code: 'csv-columns', segment: 4, byte: text.indexOf('3,') },
      { code: 'csv-trailer', segment: 5, byte: text.indexOf('TRL') },
    ])
    expect(JSON.stringify(report)).not.toContain('SECRET')
  })
})

describe('against the slow checker', () => {
  const layouts: CsvLayout[] = [
    CsvLayout.parse({}),
    CsvLayout.parse({ header: 'in-order', columns: ['id', 'name'], trailer }),
    CsvLayout.parse({ header: 'none', encoding: 'latin1', trailer: { ...trailer, counts: 'lines' } }),
  ]
  const pieces = [
    '"',
    '""',
    ',',
    '\n',
    '\r',
    '\r\n',
    '\0',
    'TRL,2\n',
    '\xc3\xa9',
    '\xed\xa0',
    'id,name\n',
    ' ',
    '3,x\n',
  ]

  it('3,000 changed files get the same errors, and the same findings for every chunking', () => {
    const random = randomFrom(20261122).below
    const sound = Buffer.from('id,name\r\n1,"A ""a"", b\n"\r\n2,Zo\u00eb \ud83d\ude00\r\nTRL,2\r\n')
    let refused = 0
    for (let round = 0; round < 3000; round += 1) {
      const layout = layouts[round % layouts.length] ?? CsvLayout.parse({})
      const file = changedAtRandom(sound, pieces, random)
      const report = scan(file, layout)
      const errors = new Set(report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))
      expect([...errors].sort(), `${JSON.stringify(file.toString('latin1'))} ${round % 3}`).toEqual(
        [...slowCsvErrors(file, layout)].sort(),
      )
      if (!report.valid) refused += 1
      for (const size of round % 20 === 0 ? CHUNKS : [1, 7]) expect(scan(file, layout, {}, size)).toEqual(report)
    }
    expect(refused).toBeGreaterThan(1500)
    expect(refused).toBeLessThan(3000)
  })

  it('chunks make no difference to a long record', () => {
    for (const length of [1024 * 1024 - 2, 1024 * 1024 - 1, 1024 * 1024 + 70_000]) {
      const text = `id,name\n1,${'x'.repeat(length)}\n2,Bob\n`
      for (const size of [10_007, 1024 * 1024 * 4]) expect(scan(text, {}, {}, size)).toEqual(scan(text))
    }
  })
})
