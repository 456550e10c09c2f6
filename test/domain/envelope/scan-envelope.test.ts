import { describe, expect, it } from 'vitest'
import type { EnvelopeReport } from '#domain/envelope/envelope-report'
import type { ScanOptions } from '#domain/envelope/envelope-rules'
import { scanEnvelope } from '#domain/envelope/scan-envelope'
import { bytesOf, type Delimiters, isa, small834, small837, usual, written } from '#test/domain/envelope/sample-text'
import { slowErrors } from '#test/domain/envelope/slow-checker'

const scan = (file: Uint8Array, options: Partial<ScanOptions> = {}, size = 64 * 1024): EnvelopeReport => {
  const scanner = scanEnvelope({ fileType: 'member', ...options })
  for (let at = 0; at < file.length; at += size) scanner.push(file.subarray(at, at + size))
  return scanner.end()
}
const codes = (report: EnvelopeReport): string[] => report.findings.map(({ code }) => code)
const CHUNKS = [1, 2, 3, 7, 105, 106, 107, 64 * 1024]

/** Deterministic: a failure can be run again. */
const randomFrom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('sound files', () => {
  const delimiters: Record<string, Delimiters> = {
    usual,
    'new lines after terminators': { ...usual, after: '\r\n' },
    'a new line as terminator': { ...usual, terminator: '\n' },
    'CR as terminator, LF after it': { ...usual, terminator: '\r', after: '\n' },
    'control characters': { ...usual, element: '\x1d', component: '\x1f', repetition: '\x1e', terminator: '\x1c' },
    'characters above 127': { ...usual, element: '\xa6', terminator: '\xac' },
  }
  it.each(Object.entries(delimiters))('with %s', (_, chosen) => {
    expect(scan(bytesOf(small834('000000001', chosen)))).toEqual({
      valid: true,
      fileType: 'member',
      counts: { interchanges: 1, groups: 1, transactions: 2, segments: 16, members: 2, claims: 0 },
      full: false,
      findings: [],
    })
  })
  it('counts claims', () => {
    const report = scan(bytesOf(small837()), { fileType: 'claims' })
    expect(report).toMatchObject({ valid: true, counts: { claims: 1, members: 0 } })
  })
  it('holds several interchanges with delimiters of their own', () => {
    const file = small834('000000001') + small834('000000002', { ...usual, element: '|', terminator: '\n' })
    expect(scan(bytesOf(file))).toMatchObject({
      valid: true,
      counts: { interchanges: 2, transactions: 4 },
      findings: [],
    })
  })
  it.each(['4', 'RX'])('is full when BGN08 is %s', (action) => {
    expect(scan(bytesOf(small834().replace('****2~', `****${action}~`))).full).toBe(true)
  })
})

const change = (from: string | RegExp, to: string): string => {
  const changed = small834().replace(from, to)
  if (changed === small834()) throw new Error(`the table's change of ${from} changed nothing`)
  return changed
}
const first = isa()

describe('one defect, its code', () => {
  it.each<[string, string, string[], Partial<ScanOptions>?]>([
    ['empty', '', ['empty-file']],
    ['blanks only', ' \r\n', ['empty-file']],
    ['no ISA', 'HELLO', ['TA1-022']],
    ['ISA too short', small834().replace('SENDER   ', 'SENDER'), ['TA1-022']],
    ['ISA cut off', first.slice(0, 90), ['TA1-022']],
    ['letter as terminator', `${first.slice(0, 105)}A${small834().slice(106)}`, ['TA1-022']],
    ['ISA13 not a number', small834('00000000X'), ['TA1-022']],
    ['IEA02 differs', change('IEA*1*000000001', 'IEA*1*000000002'), ['TA1-001']],
    ['IEA02 differs as text', change('IEA*1*000000001', 'IEA*1*1'), ['TA1-001']],
    ['IEA01 wrong', change('IEA*1*', 'IEA*2*'), ['TA1-021']],
    ['IEA missing', change('IEA*1*000000001~', ''), ['TA1-023']],
    ['IEA missing before an ISA', change('IEA*1*000000001~', '') + small834('000000002'), ['TA1-023']],
    ['ISA13 twice', small834() + small834(), ['TA1-025']],
    ['segment between ISA and GS', change('GS*', 'REF*X~GS*'), ['TA1-024']],
    ['GE missing', change('GE*2*7~', ''), ['AK905-3']],
    ['GE02 differs', change('GE*2*7', 'GE*2*8'), ['AK905-4']],
    ['GE01 wrong', change('GE*2*7', 'GE*1*7'), ['AK905-5']],
    ['GS06 not a number', change(/\*7\*X/, '*Q*X').replace('GE*2*7', 'GE*2*Q'), ['AK905-6', 'AK905-4']],
    ['GS01 of claims', change('GS*BE', 'GS*HC'), ['AK905-1']],
    ['GS08 of claims', change('X*005010X220A1', 'X*005010X222A1'), ['AK905-2', 'st03-differs', 'st03-differs']],
    [
      'GS08 longer than a guide',
      change('X*005010X220A1', 'X*005010X2201'),
      ['AK905-2', 'st03-differs', 'st03-differs'],
    ],
    ['ST03 of another guide', change('0001*005010X220A1', '0001*005010X222A1'), ['IK502-I6']],
    ['a whole 837', small837(), ['AK905-1', 'AK905-2', 'IK502-6', 'no-members']],
    ['SE missing', change('SE*6*0001~', ''), ['IK502-2']],
    ['SE02 differs', change('SE*6*0001', 'SE*6*0009'), ['IK502-3']],
    ['SE02 differs as text', change('SE*6*0001', 'SE*6*1'), ['IK502-3']],
    ['SE01 wrong', change('SE*6*0001', 'SE*7*0001'), ['IK502-4']],
    ['SE01 no number', change('SE*6*0001', 'SE**0001'), ['IK502-4']],
    ['ST02 twice', change('ST*834*0002', 'ST*834*0001').replace('SE*6*0002', 'SE*6*0001'), ['IK502-23']],
    ['ST02 empty', change('ST*834*0001', 'ST*834*').replace('SE*6*0001', 'SE*6*'), ['IK502-7']],
    ['a segment between sets', change('ST*834*0002', 'REF*A~ST*834*0002'), ['segment-outside-set']],
    ['an empty segment', change('REF*0F', '~REF*0F').replace('SE*6', 'SE*7'), ['IK304-1']],
    ['a terminator in the data', change('SYNTHETIC', 'SYN~THETIC').replace('SE*6', 'SE*7'), ['IK304-1']],
    ['raw bytes', change('REF*0F', 'BIN*3*~~~REF*0F'), ['binary-segment']],
    ['bytes after IEA', `${small834()}REF*A~`, ['bytes-after-iea']],
    ['Ctrl-Z before another ISA', `${small834()}\x1a${small834('000000002')}`, ['bytes-after-iea']],
    ['no ST', `${first}GS*BE*A*B*20260101*1200*7*X*005010X220~GE*0*7~IEA*1*000000001~`, ['no-transaction-set']],
    ['nothing but an IEA', `${first}IEA*0*000000001~`, ['no-transaction-set']],
    ['a segment without end', change('REF*0F*S1', `REF*0F*${'X'.repeat(65_536)}`), ['segment-too-long']],
    ['no INS', change(/INS.*?~/g, '').replaceAll('SE*6', 'SE*5'), ['no-members'], { emptyIsUnsound: true }],
    ['few in a full file', change(/\*2~/g, '*4~'), ['too-few-members'], { minMembers: 3 }],
    ['SE01 of a full file', change('*2~', '*4~').replace('SE*6', 'SE*7'), ['IK502-4'], { allowWrongSe01: true }],
  ])('%s', (_, file, expected, options) => {
    const report = scan(bytesOf(file), options)
    expect(codes(report)).toEqual(expected)
    expect(report.valid).toBe(false)
  })
})

describe('accepted with a warning', () => {
  it.each<[string, string, string[], Partial<ScanOptions>?]>([
    ['BOM', `\xef\xbb\xbf${small834()}`, ['bom']],
    ['blank before ISA', ` ${small834()}`, ['blank-before-tag']],
    ['blanks before tags, said once', change(/~(?=[RN])/g, '~ '), ['blank-before-tag']],
    ['NUL and Ctrl-Z after IEA', `${small834()}\r\n\x1a\0\0`, ['padding-after-iea']],
    ['an unterminated last IEA', small834().slice(0, -1), ['iea-unterminated']],
    ['an unterminated last IEA and a new line', `${small834().slice(0, -1)}\r\n`, ['iea-unterminated']],
    ['ISA11 = ISA16', small834('000000001', { ...usual, repetition: ':' }), ['isa11-is-isa16']],
    ['ST03 of another guide of the set', change('0001*005010X220A1', '0001*005010X220'), ['st03-differs']],
    ['no INS', change(/INS.*?~/g, '').replaceAll('SE*6', 'SE*5'), ['no-members']],
    ['few in a change file', small834(), [], { minMembers: 3 }],
    ['SE01, by the row', change('SE*6*0001', 'SE*7*0001'), ['IK502-4'], { allowWrongSe01: true }],
    ['duplicates, by the row', small834() + small834(), ['TA1-025'], { allowDuplicates: true }],
  ])('%s', (_, file, expected, options) => {
    const report = scan(bytesOf(file), options)
    expect(codes(report)).toEqual(expected)
    expect(report.findings.every(({ severity }) => severity === 'warning')).toBe(true)
    expect(report.valid).toBe(true)
  })
  it('new lines after the last IEA need no warning', () => {
    expect(scan(bytesOf(`${small834()}\r\n\r\n`)).findings).toEqual([])
  })
})

describe('findings', () => {
  it('say where, in which envelope, and what would be right', () => {
    const file = change('SE*6*0002', 'SE*9*0002')
    expect(scan(bytesOf(file)).findings).toEqual([
      {
        ...{ code: 'IK502-4', severity: 'error', message: 'SE01 is 9, expected 6 segments from ST to SE' },
        ...{ segment: 14, byte: file.indexOf('SE*9'), interchange: '000000001', group: '7', transaction: '0002' },
      },
    ])
  })
  it('stop at 50, and an error is always among them', () => {
    const body = 'ST*834*1~SE*9*1~'.repeat(80)
    const file = `${first}GS*BE*A*B*20260101*1200*7*X*005010X220~${body}GE*80*7~IEA*1*000000001~`
    const both = { allowWrongSe01: true, allowDuplicates: true }
    expect(codes(scan(bytesOf(file)))).toHaveLength(50)
    expect(codes(scan(bytesOf(file))).at(-1)).toBe('findings-capped')
    const mostlyWarnings = scan(bytesOf(file.replace('IEA*1', 'IEA*2')), both)
    expect(mostlyWarnings.valid).toBe(false)
    expect(codes(mostlyWarnings)).toContain('TA1-021')
  })
  it('never repeat what may be body content', () => {
    const lost = small834()
      .replace(/SE\*6\*0001~.*?NM1/, 'SE*SYNTHETIC*SYNTHETICNM1')
      .replace('GE*2*7', 'GE*SYNTHETIC*SYNTHETIC')
      .replace('IEA*1*000000001', 'IEA*SYNTHETIC*SYNTHETIC')
      .replace('GS*BE*A*B*20260101*1200*7*X*005010X220A1', 'GS*SYNTHETIC*A*B*1*2*SYNTHETIC*X*SYNTHETIC')
      .replace('ST*834*0001*', 'ST*SYNTHETIC*SYNTHETIC*SYNTHETIC')
    const report = scan(bytesOf(lost))
    expect(report.findings.length).toBeGreaterThan(6)
    expect(JSON.stringify(report)).not.toContain('SYNTH')
  })
})

describe('against the slow checker', () => {
  const errorsOf = (report: EnvelopeReport): string[] =>
    report.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
  const agrees = (file: Uint8Array): void => {
    const report = scan(file)
    const slow = slowErrors(file)
    expect([...new Set(errorsOf(report))].sort(), Buffer.from(file).toString('latin1')).toEqual([...slow].sort())
    expect(report.valid).toBe(slow.size === 0)
  }
  const two = bytesOf(small834('000000001') + small834('000000002', { ...usual, element: '|', after: '\n' }))

  it('every truncation is refused, except one that only lacks the last terminator or an interchange', () => {
    const whole = bytesOf(small834('000000001', { ...usual, after: '\r\n' }))
    for (let length = 0; length < whole.length; length += 1) {
      const report = scan(whole.subarray(0, length))
      expect(report.valid, `first ${length} bytes`).toBe(length >= whole.length - 3)
    }
    for (let length = 0; length <= two.length; length += 1) agrees(two.subarray(0, length))
  })

  it('4,000 mutated files get the same errors, and the same findings for every chunking', () => {
    const random = randomFrom(20261122)
    const pieces = [
      '~',
      '*',
      '\n',
      ' ',
      '\0',
      'ISA',
      'SE*6*0001~',
      'IEA*1*000000001~',
      'ST*834*0001~',
      'GE*1*7~',
      'TA1*1~',
      '1',
      'BIN*1*x~',
    ]
    let refused = 0
    for (let round = 0; round < 4000; round += 1) {
      let file = Buffer.from(round % 3 === 0 ? two : bytesOf(small834()))
      for (let edits = 1 + random(2); edits > 0; edits -= 1) {
        const at = random(file.length)
        const [head, tail] = [file.subarray(0, at), file.subarray(at)]
        const piece = Buffer.from(pieces[random(pieces.length)] ?? '', 'latin1')
        const kinds = [
          () => Buffer.concat([head, piece, tail]),
          () => Buffer.concat([head, tail.subarray(1 + random(12))]),
          () => Buffer.concat([head, tail.subarray(0, 1 + random(60)), tail]),
          () => Buffer.concat([head, Buffer.from([random(256)]), tail.subarray(1)]),
        ]
        file = kinds[random(kinds.length)]?.() ?? file
      }
      agrees(file)
      const whole = scan(file)
      if (!whole.valid) refused += 1
      for (const size of round % 20 === 0 ? CHUNKS : [1, 7, 106]) expect(scan(file, {}, size)).toEqual(whole)
    }
    expect(refused).toBeGreaterThan(2000)
    expect(refused).toBeLessThan(4000)
  })

  it('chunks make no difference to a long segment, a BOM or padding', () => {
    const files = [
      change('REF*0F*S1', `REF*0F*${'X'.repeat(65_536)}`),
      change('REF*0F*S1', `REF*0F*${'X'.repeat(65_529)}`),
      `\xef\xbb\xbf  ${small834()}\x1a\0`,
      written(['REF*A']),
    ]
    for (const file of files) {
      const sizes = file.length > 10_000 ? CHUNKS.slice(3) : CHUNKS
      for (const size of sizes) expect(scan(bytesOf(file), {}, size)).toEqual(scan(bytesOf(file)))
    }
  })
})
