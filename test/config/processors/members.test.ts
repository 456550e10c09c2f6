import { rm } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Unpacked, unpacked } from '#test/config/processors/run-processor'
import { bytesOf, type Delimiters, isa, usual, written } from '#test/domain/envelope/sample-text'

const SEGMENTS = [
  'GS*BE*A*B*20260101*1200*1*X*005010X220A1',
  'ST*834*0007*005010X220A1',
  'BGN*00*1*20260101*1200****2',
  'N1*P5*SPONSOR*FI*1',
  'INS*Y*18*021*28*A***FT',
  'REF*0F*S100',
  'REF*1L*G1',
  'DTP*356*D8*20251201',
  'NM1*74*1*SYNTHETIC*NEW****ZZ*M100',
  'NM1*70*1*SYNTHETIC*OLD****ZZ*WRONG',
  'NM1*QD*1*SYNTHETIC*GUARDIAN****ZZ*GUARDIAN',
  'HD*021**HLT*GOLD*FAM',
  'DTP*348*D8*20260101',
  'REF*1L*OTHERGROUP',
  'HD*024**DEN',
  'DTP*303*D8*20260303',
  'DTP*348*RD8*20250101-20251231',
  'DTP*349*D8*20261231',
  'COB*P*X*5',
  'DTP*344*D8*20200101',
  'NM1*IL*1*ANOTHER*INSURER****ZZ*OTHER',
  'LS*2700',
  'LX*1',
  'REF*0F*NOTMINE',
  'DTP*348*D8*19990101',
  'LE*2700',
  'INS*N*19*024*XN*A',
  'REF*0F*S100',
  'NM1*IL*1*SYNTHETIC*CHILD',
  'SE*28*0007',
  'GE*1*1',
  'IEA*1*000000001',
]
const control = { interchange: '000000001', transaction: '0007' }
const EXPECTED = [
  {
    ...{ memberId: 'M100', subscriberId: 'S100', isSubscriber: true, relationship: '18' },
    ...{ maintenanceType: '021', maintenanceReason: '28', groupNumber: 'G1', control },
    coverages: [
      { insuranceLine: 'HLT', maintenanceType: '021', plan: 'GOLD', begin: '2026-01-01' },
      { insuranceLine: 'DEN', maintenanceType: '024', begin: '2025-01-01', end: '2026-12-31' },
    ],
  },
  {
    ...{ memberId: 'S100', subscriberId: 'S100', isSubscriber: false, relationship: '19', maintenanceType: '024' },
    ...{ maintenanceReason: 'XN', coverages: [], control },
  },
]
const text = (delimiters: Delimiters = usual): string => isa('000000001', delimiters) + written(SEGMENTS, delimiters)

let processor: Unpacked
beforeAll(async () => {
  processor = await unpacked('members')
})
afterAll(() => rm(processor.folder, { recursive: true }))

describe('members', () => {
  it.each<[string, Uint8Array]>([
    ['usual delimiters', bytesOf(text())],
    ['a line a segment', bytesOf(text({ ...usual, after: '\r\n' }))],
    ['new lines as terminators', bytesOf(text({ ...usual, element: '|', component: '>', terminator: '\n' }))],
    ['CR as terminators', bytesOf(text({ ...usual, terminator: '\r', after: '\n' }))],
    ['control characters', bytesOf(text({ ...usual, element: '\x1d', component: '\x1f', terminator: '\x1c' }))],
    [
      'characters of regular expressions',
      bytesOf(text({ ...usual, element: '^', component: '$', repetition: '.', terminator: '\\' })),
    ],
    ['a byte order mark, padding at the end', bytesOf(`\xef\xbb\xbf${text()}\r\n\x1a\0`)],
    ['an unterminated IEA', bytesOf(text().slice(0, -1))],
    ['gzip', gzipSync(bytesOf(text()))],
  ])('are read from a file with %s', async (_, file) => {
    const { exitCode, lines, summary, progress, outputs } = await processor.run(file)
    expect(exitCode).toBe(0)
    expect(lines).toEqual(EXPECTED)
    expect(summary).toEqual({
      ...{ interchanges: 1, transactions: 1, members: 2, subscribers: 1, dependents: 1, coverages: 2, full: false },
    })
    expect(outputs).toEqual(['members.ndjson', 'summary.json'])
    expect(progress).toBe('100\n')
  })
  it('are read from several interchanges, each with delimiters of its own', async () => {
    const many = Array.from({ length: 400 }, (_, at) =>
      text(at % 2 ? usual : { ...usual, element: '|', terminator: '\n' }),
    )
    const { lines, summary } = await processor.run(bytesOf(many.join('')))
    expect(lines).toEqual(many.flatMap(() => EXPECTED))
    expect(summary).toMatchObject({ interchanges: 400, members: 800 })
  })
  it.each<[string, Uint8Array, string]>([
    ['no X12', bytesOf('SECRET, SECRET'), 'not an X12 file'],
    ['an 837', bytesOf(text().replace('ST*834', 'ST*837')), '834 sets only'],
    ['gzip cut off', gzipSync(bytesOf(text())).subarray(0, -9), 'unexpected end of file'],
  ])('%s is fatal, and its content stays out of the log', async (_, file, message) => {
    const { exitCode, log } = await processor.run(file)
    expect(exitCode).toBe(1)
    expect(log).toContain(message)
    expect(log).not.toMatch(/SECRET|SYNTHETIC/)
  })
})
