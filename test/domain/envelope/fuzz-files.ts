import { gunzipSync, gzipSync } from 'node:zlib'
import { CsvLayout } from '#domain/csv/csv-layout'
import { type ValidateOptions, type ValidationReport, validateStream } from '#functions/validate/validate-stream'
import { slowCsvErrors } from '#test/domain/csv/slow-csv'
import { changedAtRandom } from '#test/domain/envelope/changed-at-random'
import { bytesOf, small834, usual } from '#test/domain/envelope/sample-text'
import { slowErrors } from '#test/domain/envelope/slow-checker'
import { randomFrom } from '#test/support/random'

export type Fuzzed = { files: number; refused: number; damagedGzip: number }

const odd = { ...usual, element: '|', terminator: '\n', component: '>', after: '\r\n' }
const x12 = [
  bytesOf(small834()),
  bytesOf(small834('000000001') + small834('000000002', { ...usual, element: '|', after: '\n' })),
  bytesOf(small834('000000003', { ...usual, after: '\r\n' })),
  bytesOf(small834('000000004', { ...odd, terminator: '!' })),
]
const x12Pieces = [
  ...['~', '*', '\n', ' ', '\0', '|', '!', '1', 'ISA', 'SE*6*0001~', 'IEA*1*000000001~', 'ST*834*0001~', 'GE*1*7~'],
  ...[
    'TA1*1~',
    'BIN*1*x~',
    'INS*Y~',
    'CLM*A~',
    'SBR*P~',
    'GS~',
    'B~',
    '~~~',
    '\r\n\r\n',
    ...x12.map((file) => Buffer.from(file).toString('latin1')),
  ],
]
const csv = [Buffer.from('id,name\r\n1,"A ""a"", b\n"\r\n2,Zo\u00eb \ud83d\ude00\r\nTRL,2\r\n')]
const csvPieces = [
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
const layouts = [
  CsvLayout.parse({}),
  CsvLayout.parse({ header: 'in-order', columns: ['id', 'name'], trailer: { mark: 'TRL' } }),
  CsvLayout.parse({ header: 'none', encoding: 'latin1', trailer: { mark: 'TRL', counts: 'lines' } }),
]

async function* inPieces(file: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size)
}

const errorsOf = ({ findings }: ValidationReport): string[] =>
  [...new Set(findings.flatMap(({ severity, code }) => (severity === 'error' ? [code] : [])))].sort()

/**
 * Changes sound files at random and holds the validator, in pieces of any size, to the slow checkers: the same error codes.
 * Every tenth is packed, and half of those are damaged, which must be refused, unless what they hold is still the same.
 * @throws at the first file on which they disagree, with its number
 */
export async function fuzzFiles(seed: number, count: number, each: () => void = () => {}): Promise<Fuzzed> {
  const found: Fuzzed = { files: 0, refused: 0, damagedGzip: 0 }
  for (let number = 0; found.files < count; number += 1) {
    const random = randomFrom(seed * 1_000_003 + number)
    const isCsv = random.chance(30)
    const layout = random.pick(layouts)
    const options: ValidateOptions = { fileType: 'member', format: isCsv ? 'csv' : 'x12', csv: layout }
    const file = changedAtRandom(random.pick(isCsv ? csv : x12), isCsv ? csvPieces : x12Pieces, random.below)
    const right = [...(isCsv ? slowCsvErrors(file, layout) : slowErrors(file))].sort()
    const size = random.pick([1, 2, 3, 7, 105, 106, 107, 65_536])
    const isPacked = random.chance(10)
    let report = await validateStream(inPieces(isPacked ? gzipSync(file) : file, size), options)
    // A changed first byte made a .zip or .pgp of it, which the checkers do not know: another one instead.
    if (isContainer(report)) continue
    if (errorsOf(report).join() !== right.join())
      throw new Error(`file ${number} of seed ${seed}: ${errorsOf(report).join()}; the slow checker: ${right.join()}`)
    if (isPacked && random.chance(50)) {
      const broken = damaged(gzipSync(file), random.below)
      report = await validateStream(inPieces(broken, size), options)
      // Up to seven bits between the end of the data and its check sum mean nothing, and may be flipped.
      if (report.valid && !gunzipSync(broken).equals(file))
        throw new Error(`file ${number} of seed ${seed}: damaged gzip was found sound`)
      if (!report.valid) found.damagedGzip += 1
    }
    found.files += 1
    if (!report.valid) found.refused += 1
    each()
  }
  return found
}

const isContainer = ({ findings: [first] }: ValidationReport): boolean =>
  first?.code === 'pgp-encrypted' || first?.code === 'zip-archive'

/** A flipped bit in the packed data or its check sum, or a lost end. The ten bytes of the header are not covered by it. */
function damaged(file: Uint8Array, below: (limit: number) => number): Buffer {
  const at = 10 + below(file.length - 10)
  if (below(2) === 0) return Buffer.from(file.subarray(0, at))
  const copy = Buffer.from(file)
  copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
  return copy
}
