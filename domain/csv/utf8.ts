export const INCOMPLETE = -1
export const INVALID = 0

/**
 * Length of the UTF-8 sequence of a character above 127 at `at` (Unicode 15, table 3-7: no overlong forms, no surrogates,
 * nothing above U+10FFFF), `INVALID`, or `INCOMPLETE` where the bytes end before it does.
 */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0xc2 ? INVALID : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : INVALID
  for (let place = 1; place < length; place += 1) {
    if (at + place >= end) return INCOMPLETE
    const byte = bytes[at + place] ?? 0
    const lowest = place > 1 ? 0x80 : first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    const highest = place > 1 ? 0xbf : first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    if (byte < lowest || byte > highest) return INVALID
  }
  return length
}
