import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CsvLayout } from '#domain/csv/csv-layout'
import { type ValidateOptions, type ValidationReport, validateStream } from '#functions/validate/validate-stream'
import { bytesOf, small834 } from '#test/domain/envelope/sample-text'

async function* inChunks(file: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size)
}
const validate = (file: Uint8Array, options: Partial<ValidateOptions> = {}, size?: number): Promise<ValidationReport> =>
  validateStream(inChunks(file, size), { fileType: 'member', format: 'x12', ...options })
const codes = ({ findings }: ValidationReport): string[] => findings.map(({ code }) => code)

const semicolons = CsvLayout.parse({ delimiter: ';' })
const plain = bytesOf(small834('000000001'))
const other = bytesOf(small834('000000002'))
const packed = gzipSync(plain)
const damaged = Buffer.from(packed)
damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1

describe('X12', () => {
  it('plain and gzip give the same report but for the bytes read', async () => {
    const report = await validate(plain)
    expect(report).toMatchObject({ valid: true, bytesRead: plain.length, readToEnd: true, counts: { members: 2 } })
    for (const size of [1, 7, 64 * 1024]) {
      expect(await validate(packed, {}, size)).toEqual({ ...report, bytesRead: packed.length })
    }
  })
  it('a gzip file may have several members and NUL padding', async () => {
    const file = Buffer.concat([packed, gzipSync(other), Buffer.alloc(700)])
    for (const size of [1, 7, packed.length, 64 * 1024]) {
      expect(await validate(file, {}, size)).toMatchObject({ valid: true, counts: { interchanges: 2 } })
    }
  })
  it.each<[string, Uint8Array, string, Partial<ValidateOptions>?]>([
    ['a gzip file with a wrong CRC', damaged, 'gzip-damaged'],
    ['a gzip file that is cut off', packed.subarray(0, -1), 'gzip-damaged'],
    ['a gzip file cut off between header and data', packed.subarray(0, 10), 'gzip-damaged'],
    ['a gzip file followed by something else', Buffer.concat([packed, Buffer.from('REF*A~')]), 'gzip-damaged'],
    ['content behind the padding', Buffer.concat([packed, Buffer.alloc(9), gzipSync(other)]), 'gzip-damaged'],
    ['content far behind it', Buffer.concat([packed, Buffer.alloc(3000), gzipSync(other)]), 'gzip-damaged'],
    ['a gzip file that grows too large', packed, 'gzip-too-large', { maxExpandedBytes: plain.length - 1 }],
    ['gzip in gzip', gzipSync(packed), 'gzip-in-gzip'],
    ['a zip archive', Buffer.from('PK\x03\x04 and so on'), 'zip-archive'],
    ['a zip archive in gzip', gzipSync('PK\x03\x04 and so on'), 'zip-archive'],
    ['an armored PGP message', Buffer.from('\n-----BEGIN PGP MESSAGE-----\n'), 'pgp-encrypted'],
    ['a binary PGP message, old packets', Uint8Array.of(0x85, 1, 2, 3), 'pgp-encrypted'],
    ['a binary PGP message, new packets', Uint8Array.of(0xc1, 0xc0, 2, 3), 'pgp-encrypted'],
    ['CSV in another layout', Buffer.from('a;b\n1;2;3\n'), 'csv-columns', { format: 'csv', csv: semicolons }],
    ['nothing, in no format', Buffer.from(''), 'empty-file', { format: 'none' }],
    ['an empty file', Buffer.from(''), 'empty-file'],
    ['a text', Buffer.from('hello'), 'TA1-022'],
  ])('%s is refused', async (_, file, code, options) => {
    for (const size of [1, 7, 64 * 1024]) {
      const report = await validate(file, options, size)
      expect(report.valid).toBe(false)
      expect(codes(report)[0]).toBe(code)
    }
  })
  it.each([plain, packed])('an error of the source is thrown, not reported', async (file) => {
    const source = async function* () {
      yield* inChunks(file.subarray(0, 80))
      throw new Error('connection lost')
    }
    await expect(validateStream(source(), { fileType: 'member', format: 'x12' })).rejects.toThrow('connection lost')
  })
  it('content that arrives long after the padding is not missed', async () => {
    const late = async function* () {
      yield packed
      yield Buffer.alloc(9)
      await pause(50)
      yield gzipSync(other)
    }
    const report = await validateStream(late(), { fileType: 'member', format: 'x12' })
    expect(codes(report)).toEqual(['gzip-damaged'])
    expect(report).toMatchObject({ valid: false, readToEnd: true })
  })
  it('stops reading when nothing more can be learned', async () => {
    let taken = 0
    const long = async function* () {
      while (taken < 1000) {
        taken += 1
        yield Buffer.alloc(1000, 'x')
      }
    }
    const report = await validateStream(long(), { fileType: 'member', format: 'x12' })
    expect(report).toMatchObject({ valid: false, readToEnd: false })
    expect(taken).toBeLessThan(5)
  })
})

describe('NDJSON', () => {
  it.each<[string, string, string[], number]>([
    ['lines, the last one without an end', '{"a":1}\n\n{"a":2}\r\n[3]', [], 3],
    ['a line that is no JSON', '{"a":1}\n{"a":SECRET}\n', ['ndjson-line'], 2],
    ['nothing', '\n', ['empty-file'], 0],
    ['a line without end', `"${'x'.repeat(1024 * 1024)}"`, ['ndjson-line'], 0],
  ])('%s', async (_, text, expected, lines) => {
    for (const size of [3, 7, 64 * 1024]) {
      const report = await validate(Buffer.from(text), { format: 'ndjson' }, size)
      expect(codes(report)).toEqual(expected)
      expect(report.counts.segments).toBe(lines)
      expect(JSON.stringify(report)).not.toContain('SECRET')
    }
  })
  it('says which line and byte', async () => {
    const report = await validate(Buffer.from('{}\n\nx\n'), { format: 'ndjson' })
    expect(report.findings).toMatchObject([{ code: 'ndjson-line', segment: 3, byte: 4, severity: 'error' }])
  })
  it('refuses what is not UTF-8', async () => {
    expect((await validate(Uint8Array.of(0x22, 0xe9, 0x22), { format: 'ndjson' })).valid).toBe(false)
  })
})

it('format none looks at nothing and reads everything', async () => {
  const report = await validate(Buffer.from('PK\x03\x04'), { format: 'none' })
  expect(report).toMatchObject({ valid: true, findings: [], bytesRead: 4 })
})
