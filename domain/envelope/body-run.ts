import { TAG } from './segment-tag.ts'

/**
 * Bytes that one call looks at, at most. A short loop is compiled for being called often; a long one is replaced while it
 * runs, by code that has never seen the loop end and is thrown away there, every time (V8 11: 900 MB/s instead of 2,000).
 */
const STRETCH = 2048

/** A run of body segments: how many, and how many of them are INS and CLM. */
export type BodyRun = { segments: number; members: number; claims: number }

const ISA = (73 << 16) | (83 << 8) | 65
const LF = 10
const CR = 13

const CAPITAL = 1
const DIGIT = 2
/** A capital with which a tag of the envelope begins (BGN, GS, ISA …), or INS or CLM. */
const LOOK_CLOSER = 4
const classOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 48 && byte <= 57) return DIGIT
  if (byte < 65 || byte > 90) return 0
  return [...Object.values(TAG), ISA].some((tag) => tag >> 16 === byte) ? CAPITAL | LOOK_CLOSER : CAPITAL
})
const tagsToStopAt = new Set<number>([...Object.values(TAG), ISA].filter((tag) => tag !== TAG.INS && tag !== TAG.CLM))

/**
 * Counts body segments from `start` on and returns where it stopped: at a segment of the envelope, at anything unusual, or
 * at the end of the stretch. Counts none if it stopped at once. Segments are some 25 bytes, and a comparison a byte costs 1 ns each; four bytes are
 * compared at once instead: the scan makes 1,650 MB/s, with a loop over the bytes 620; `Buffer.indexOf` alone makes 2,300.
 *
 * `words` is `bytes` as 32-bit numbers, from the same address; all is read within them, hence `as number`. A terminator is never missed: of the bytes that a word before
 * has passed over, at most three belong to the next segment, and one that has a terminator there is unusual.
 */
export function countBodies(
  { bytes, words }: { bytes: Uint8Array; words: Int32Array },
  { start, length, longest }: { start: number; length: number; longest: number },
  { element, terminator }: { element: number; terminator: number },
  run: BodyRun,
): number {
  const pattern = Math.imul(terminator, 0x01010101)
  const lastWord = Math.min(length, start + STRETCH) >> 2
  let segments = 0
  let members = 0
  let claims = 0
  let at = start
  if (bytes[at] === CR) at += 1
  if (bytes[at] === LF) at += 1
  for (let word = (at + 3) >> 2; word < lastWord; word += 1) {
    const difference = (words[word] as number) ^ pattern
    // Some byte is zero, that is, the terminator ("Bit Twiddling Hacks", haszero); exact for the lowest one.
    const hit = (difference - 0x01010101) & ~difference & 0x80808080
    if (hit === 0) continue
    const end = (word << 2) + ((31 - Math.clz32(hit & -hit)) >> 3)
    if (end < at) continue
    const first = bytes[at] as number
    const second = bytes[at + 1] as number
    const third = bytes[at + 2] as number
    const isLong = third === element ? 0 : 1
    const firstClass = classOf[first] as number
    if ((firstClass & CAPITAL) === 0 || classOf[second] === 0) break
    // Without `&&`: whether a tag has two or three characters cannot be predicted.
    if (bytes[at + 2 + isLong] !== element || ((classOf[third] as number) | (isLong ^ 1)) === 0) break
    // The last: where the high byte comes first in memory, `end` is elsewhere in the word.
    if (end - at < 4 || end - at > longest || bytes[end] !== terminator) break
    if (firstClass > LOOK_CLOSER) {
      const tag = (first << 16) | (second << 8) | (third & -isLong)
      if (tag === TAG.INS) members += 1
      else if (tag === TAG.CLM) claims += 1
      else if (tagsToStopAt.has(tag)) break
    }
    segments += 1
    at = end + 1
    // Not a loop, which would halve the speed: more line ends than one are unusual.
    if (bytes[at] === CR) at += 1
    if (bytes[at] === LF) at += 1
  }
  run.segments = segments
  run.members = members
  run.claims = claims
  return Math.min(at, length)
}

/**
 * V8 compiles the loop for what it has seen of it. Without this it had seen no claim yet, threw the code away at the first
 * one, and in half of all processes was left with code that is entered in mid-loop at every call: 1,200 MB/s of 837 instead
 * of 1,600. Some 20 microseconds.
 */
const oneOfEach = Uint8Array.from('LX*1~\r\nINS*Y~\nREF*0F*1~CLM*1~NM1*1~SV1*1~'.repeat(10).padEnd(480), (letter) =>
  letter.charCodeAt(0),
)
countBodies(
  { bytes: oneOfEach, words: new Int32Array(oneOfEach.buffer) },
  { start: 0, length: oneOfEach.length, longest: oneOfEach.length },
  { element: 42, terminator: 126 },
  { segments: 0, members: 0, claims: 0 },
)
