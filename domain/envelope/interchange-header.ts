/** What an ISA segment fixes for its interchange. Separators are byte values. */
export type InterchangeHeader = {
  element: number
  component: number
  /** ISA11: a separator from version 00402 on, before that the letter U */
  repetition: number
  terminator: number
  version: string
  control: string
}

export const HEADER_BYTES = 106
const SEPARATORS = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103]
const FIRST_VERSION_WITH_REPETITION = '00402'

export const isLetterOrDigit = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)

/** One character a byte, so that offsets and delimiters above 127 stay what they are. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}

/**
 * Reads the fixed 106 bytes of an ISA segment at `start`; X12.5 fixes the width of all sixteen elements.
 * Returns what is wrong with it in words without content, or the header.
 */
export function readInterchangeHeader(bytes: Uint8Array, start: number): InterchangeHeader | { broken: string } {
  const available = bytes.length - start
  if (available < HEADER_BYTES) return { broken: `ISA has ${available} of its 106 characters` }
  const byteAt = (offset: number): number => bytes[start + offset] ?? 0
  const element = byteAt(3)
  const misplaced = SEPARATORS.findIndex((offset) => byteAt(offset) !== element)
  if (misplaced >= 0) return { broken: `ISA has no element separator at offset ${SEPARATORS[misplaced]}` }
  const count = bytes.subarray(start, start + HEADER_BYTES).reduce((sum, byte) => sum + (byte === element ? 1 : 0), 0)
  if (count !== SEPARATORS.length) return { broken: `ISA has ${count} element separators, expected 16` }
  const header: InterchangeHeader = {
    element,
    repetition: byteAt(82),
    component: byteAt(104),
    terminator: byteAt(105),
    version: latin1(bytes, start + 84, start + 89),
    control: latin1(bytes, start + 90, start + 99),
  }
  const why = whyUnusable(header)
  return why === undefined ? header : { broken: why }
}

function whyUnusable(header: InterchangeHeader): string | undefined {
  const { element, component, repetition, terminator, version, control } = header
  const unfit = (byte: number): boolean => isLetterOrDigit(byte) || byte === 0x20 || byte === 0
  if (unfit(element)) return 'ISA: the element separator is a letter, digit, blank or NUL'
  if (unfit(component)) return 'ISA16: the component separator is a letter, digit, blank or NUL'
  if (unfit(terminator)) return 'ISA: the segment terminator is a letter, digit, blank or NUL'
  if (component === terminator) return 'ISA16: the component separator is the segment terminator'
  if (!/^\d{5}$/.test(version)) return 'ISA12: the version is not five digits'
  if (!/^\d{9}$/.test(control)) return 'ISA13: the control number is not nine digits'
  if (version >= FIRST_VERSION_WITH_REPETITION && repetition === terminator) {
    return 'ISA11: the repetition separator is the segment terminator'
  }
  return undefined
}
