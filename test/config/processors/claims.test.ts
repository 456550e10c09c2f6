import { rm } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Unpacked, unpacked } from '#test/config/processors/run-processor'
import { bytesOf, type Delimiters, isa, usual, written } from '#test/domain/envelope/sample-text'

/** A subscriber with two claims, the second with another insurer's names in it; a dependent; then an unknown subscriber. */
const set = (guide: string, claimDates: string[] = []): string[] => [
  `GS*HC*A*B*20260101*1200*3*X*${guide}`,
  `ST*837*0001*${guide}`,
  'BHT*0019*00*1*20260101*1200*CH',
  'NM1*40*2*RECEIVER*****46*R',
  'HL*1**20*1',
  'NM1*85*2*CLINIC*****XX*1999999984',
  'HL*2*1*22*0',
  'SBR*P*18*******CI',
  'NM1*IL*1*SYNTHETIC*TEST****MI*M1',
  'NM1*PR*2*PAYER*****PI*PAY1',
  'CLM*C1*100.5***11:B:1*Y*A*Y*Y',
  ...claimDates,
  'LX*1',
  'SV1*HC:1*60*UN*1***1',
  'DTP*472*D8*20251105',
  'LX*2',
  'DTP*472*RD8*20251101-20251109',
  'CLM*C2*19.99***11:B:7*Y*A*Y*Y',
  'REF*F8*PAYERS-OWN',
  'NM1*82*1*SYNTHETIC*DOCTOR****XX*1999999976',
  'SBR*S*18*******CI',
  'NM1*IL*1*SYNTHETIC*OTHER****MI*ELSEWHERE',
  'NM1*PR*2*OTHER*****PI*PAY2',
  'REF*F8*OTHERS',
  'LX*1',
  'REF*F8*LINE',
  'HL*3*1*22*1',
  'SBR*P********CI',
  'NM1*IL*1*SYNTHETIC*PARENT****MI*M2',
  'NM1*PR*2*PAYER*****PI*PAY1',
  'HL*4*3*23*0',
  'PAT*19',
  'NM1*QC*1*SYNTHETIC*CHILD',
  'CLM*C3*10***11:B:1*Y*A*Y*Y',
  'HL*5*1*22*0',
  'SBR*P*18*******CI',
  'NM1*IL*1*SYNTHETIC*STRANGER****MI*X9',
  'CLM*C4*1***11:B:8*Y*A*Y*Y',
  'SE*0*0001',
  'GE*1*3',
  'IEA*1*000000001',
]
const file = (guide: string, delimiters: Delimiters = usual, dates: string[] = []): string =>
  isa('000000001', delimiters) + written(set(guide, dates), delimiters)
const professional = '005010X222A1'
const members = '{"memberId":"M1","subscriberId":"S1"}\n{"memberId":"M3","subscriberId":"M2"}\n'

const same = { kind: 'P', control: { interchange: '000000001', group: '3', transaction: '0001' } }
const EXPECTED = [
  {
    ...{ ...same, claimId: 'C1', memberId: 'M1', memberKnown: true, patient: 'subscriber', relationship: '18' },
    ...{ totalCharge: 100.5, frequency: '1', serviceBegin: '2025-11-01', serviceEnd: '2025-11-09', serviceLines: 2 },
    payer: { id: 'PAY1' },
  },
  {
    ...{ ...same, claimId: 'C2', memberId: 'M1', memberKnown: true, patient: 'subscriber', relationship: '18' },
    ...{ totalCharge: 19.99, frequency: '7', serviceLines: 1, payer: { id: 'PAY1', claimControl: 'PAYERS-OWN' } },
  },
  {
    ...{ ...same, claimId: 'C3', memberId: 'M2', memberKnown: true, patient: 'dependent', relationship: '19' },
    ...{ totalCharge: 10, frequency: '1', serviceLines: 0, payer: { id: 'PAY1' } },
  },
  {
    ...{ ...same, claimId: 'C4', memberId: 'X9', memberKnown: false, patient: 'subscriber', relationship: '18' },
    ...{ totalCharge: 1, frequency: '8', serviceLines: 0, payer: { id: '' } },
  },
]

let processor: Unpacked
beforeAll(async () => {
  processor = await unpacked('claims')
})
afterAll(() => rm(processor.folder, { recursive: true }))

describe('claims', () => {
  it.each<[string, Uint8Array]>([
    ['usual delimiters', bytesOf(file(professional))],
    [
      'new lines as terminators',
      bytesOf(file(professional, { ...usual, element: '|', component: '>', terminator: '\n' })),
    ],
    ['a line a segment', bytesOf(file(professional, { ...usual, component: '\\', terminator: '!', after: '\r\n' }))],
    ['gzip and a byte order mark', gzipSync(bytesOf(`\xef\xbb\xbf${file(professional)}`))],
  ])('are read and joined with the members from a file with %s', async (_, bytes) => {
    const { exitCode, lines, summary, progress } = await processor.run(bytes, { 'members.ndjson': members })
    expect(exitCode).toBe(0)
    expect(lines).toEqual(EXPECTED)
    expect(summary).toEqual({
      ...{ interchanges: 1, transactions: 1, claims: 4, kinds: { P: 4, I: 0, D: 0, other: 0 } },
      ...{ totalCharge: 131.49, joined: true, unknownMembers: 1 },
    })
    expect(progress).toBe('100\n')
  })
  it.each([
    ['005010X222A1', 'P'],
    ['005010X223A2', 'I'],
    ['005010X224A2', 'D'],
    ['004010X098A1', 'P'],
    ['004010X096A1', 'I'],
    ['004010X097A1', 'D'],
    ['005010X299', null],
  ])('of guide %s are of kind %s', async (guide, kind) => {
    const { lines } = await processor.run(bytesOf(file(guide)))
    expect(new Set(lines.map((line) => line['kind']))).toEqual(new Set([kind]))
  })
  it('have the dates of the statement when they are institutional', async () => {
    const dates = ['DTP*434*RD8*20251020-20251030', 'DTP*435*DT*202510200800']
    const { lines } = await processor.run(bytesOf(file('005010X223A2', usual, dates)))
    expect(lines[0]).toMatchObject({ kind: 'I', serviceBegin: '2025-10-20', serviceEnd: '2025-11-09' })
  })
  it('without members it says that it does not know, not that nobody is known', async () => {
    const { lines, summary } = await processor.run(bytesOf(file(professional)))
    expect(lines.map((line) => line['memberKnown'])).toEqual([null, null, null, null])
    expect(summary).toMatchObject({ joined: false, unknownMembers: null })
  })
  it.each([
    ['the patient', '{"memberId":"M2-01"}', true],
    ['the subscriber', '{"memberId":"M2"}', true],
    ['neither', '{"memberId":"M1"}', false],
  ])('of a dependent with an own number are known by %s', async (_, line, isKnown) => {
    const own = file(professional).replace('NM1*QC*1*SYNTHETIC*CHILD', 'NM1*QC*1*SYNTHETIC*CHILD****MI*M2-01')
    const { lines } = await processor.run(bytesOf(own), { 'members.ndjson': line })
    expect(lines[2]).toMatchObject({ memberId: 'M2-01', patient: 'dependent', memberKnown: isKnown })
  })
  it('an empty member output makes everybody unknown; several outputs are one', async () => {
    const none = await processor.run(bytesOf(file(professional)), { 'members.ndjson': '' })
    expect(none.summary).toMatchObject({ joined: true, unknownMembers: 4 })
    const two = { 'a/members.ndjson': '{"memberId":"M1"}\n', 'b/members.ndjson': '{"memberId":"X9"}\n' }
    expect((await processor.run(bytesOf(file(professional)), two)).summary).toMatchObject({ unknownMembers: 1 })
  })
  it.each<[string, string, Record<string, string>, string]>([
    ['an 834', file(professional).replace('ST*837', 'ST*834'), {}, '837 sets only'],
    ['a broken member output', file(professional), { 'members.ndjson': 'SECRET' }, 'not JSON'],
  ])('%s is fatal, and its content stays out of the log', async (_, text, extra, message) => {
    const { exitCode, log } = await processor.run(bytesOf(text), extra)
    expect(exitCode).toBe(1)
    expect(log).toContain(message)
    expect(log).not.toMatch(/SECRET|SYNTHETIC/)
  })
})
