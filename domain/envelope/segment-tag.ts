/** A tag's two or three characters as one number: comparing numbers is what makes the scan fast. */
const code = (text: string): number =>
  (text.charCodeAt(0) << 16) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) || 0)

export const TAG = {
  GS: code('GS'),
  ST: code('ST'),
  SE: code('SE'),
  GE: code('GE'),
  IEA: code('IEA'),
  BGN: code('BGN'),
  INS: code('INS'),
  CLM: code('CLM'),
  TA1: code('TA1'),
  BIN: code('BIN'),
  BDS: code('BDS'),
  none: -1,
} as const

/** By first byte: may the tag be one of the above? Most body segments (REF, DTP, NM1, LX) need no closer look. */
export const isPerhapsSpecial = Uint8Array.from({ length: 256 }, (_, byte) =>
  Object.values(TAG).some((tag) => tag >> 16 === byte) ? 1 : 0,
)

const isTagCharacter = (byte: number): boolean => (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57)

/** The tag of the segment from `at` up to `end`, or `TAG.none` where there is none: a capital, then one or two more or digits. */
export function tagAt(bytes: Uint8Array, at: number, end: number, element: number): number {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  if (end - at < 2 || first < 65 || first > 90 || !isTagCharacter(second)) return TAG.none
  const third = bytes[at + 2] ?? 0
  if (end - at === 2 || third === element) return (first << 16) | (second << 8)
  if (!isTagCharacter(third) || (end - at > 3 && bytes[at + 3] !== element)) return TAG.none
  return (first << 16) | (second << 8) | third
}
