export type Delimiters = { element: string; component: string; repetition: string; terminator: string; after: string }

export const usual: Delimiters = { element: '*', component: ':', repetition: '^', terminator: '~', after: '' }

/** An ISA segment with its terminator. */
export const isa = (control = '000000001', { element: e, component, repetition, terminator, after } = usual): string =>
  ['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10), 'ZZ', 'SENDER'.padEnd(15), 'ZZ', 'RECEIVER'.padEnd(15)].join(e) +
  `${e}260101${e}1200${e}${repetition}${e}00501${e}${control}${e}0${e}P${e}${component}${terminator}${after}`

/** Segments written with `*` and `:` in the delimiters given. */
export const written = (segments: readonly string[], { element, component, terminator, after } = usual): string =>
  segments.map((text) => text.replaceAll(':', component).replaceAll('*', element) + terminator + after).join('')

const BODY = ['BGN*00*1*20260101*1200****2', 'INS*Y*18*030*XN*A***FT', 'REF*0F*S1', 'NM1*IL*1*SYNTHETIC*TEST****ZZ*S1']

export const small834 = (control = '000000001', delimiters = usual): string =>
  isa(control, delimiters) +
  written(
    [
      'GS*BE*A*B*20260101*1200*7*X*005010X220A1',
      'ST*834*0001*005010X220A1',
      ...BODY,
      'SE*6*0001',
      'ST*834*0002*005010X220A1',
      ...BODY,
      'SE*6*0002',
      'GE*2*7',
      `IEA*1*${control}`,
    ],
    delimiters,
  )

export const small837 = (control = '000000001', delimiters = usual): string =>
  isa(control, delimiters) +
  written(
    [
      'GS*HC*A*B*20260101*1200*7*X*005010X222A1',
      'ST*837*0001*005010X222A1',
      'BHT*0019*00*1*20260101*1200*CH',
      'CLM*C1*100***11:B:1*Y*A*Y*Y',
      'SE*4*0001',
      'GE*1*7',
      `IEA*1*${control}`,
    ],
    delimiters,
  )

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')
