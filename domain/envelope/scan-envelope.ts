import { type BodyRun, countBodies } from './body-run.ts'
import type { EnvelopeReport } from './envelope-report.ts'
import { type EnvelopeRules, envelopeRules, type ScanOptions } from './envelope-rules.ts'
import { BLANK, gapBeforeTag, isPadding } from './gap-before-tag.ts'
import {
  HEADER_BYTES,
  type InterchangeHeader,
  isLetterOrDigit,
  latin1,
  readInterchangeHeader,
} from './interchange-header.ts'
import { isPerhapsSpecial, TAG, tagAt } from './segment-tag.ts'

export type EnvelopeScanner = { push(chunk: Uint8Array): void; end(): EnvelopeReport; isStopped(): boolean }

/** No segment of a real guide comes near; without a cap a lost terminator would pull the file into memory. */
const LONGEST_SEGMENT = 64 * 1024
/** A chunk is worked off in pieces: what is held fits the processor's second cache, whatever the chunk's size. */
const PIECE = 64 * 1024

/**
 * Scans X12 for envelope (control-structure) integrity, in chunks of any size and constant memory. The findings do not
 * depend on how the file was cut into chunks. Nearly every segment is a body segment and only counted (`countBodies`);
 * what follows here is for the others.
 */
export function scanEnvelope(options: ScanOptions): EnvelopeScanner {
  const rules = envelopeRules(options)
  // The rest of the piece before (at most one segment), then the piece: copied (29 GB/s), so that words are aligned.
  const work = new Uint8Array(2 * LONGEST_SEGMENT + PIECE)
  const buffers = { bytes: work, words: new Int32Array(work.buffer) }
  const run: BodyRun = { segments: 0, members: 0, claims: 0 }
  let held = 0
  /** Offset in the file of the first byte held. */
  let base = 0
  let header: InterchangeHeader | undefined
  let stopped = false
  const gap = gapBeforeTag(rules)

  const stop = (code: string, message: string): void => {
    rules.note({ code, message })
    stopped = true
  }

  /** Reads whole segments from the front; returns how many bytes it is done with. */
  const consume = (bytes: Uint8Array, last: boolean): number => {
    let at = 0
    while (!stopped) {
      const first = bytes[at]
      if (first === undefined) return at
      if (first <= BLANK && gap.swallows(first, header === undefined)) {
        at += 1
        continue
      }
      if (base + at === 0 && first === 0xef) {
        if (bytes.length < 3 && !last) return 0
        if (bytes[1] === 0xbb && bytes[2] === 0xbf) {
          rules.note({ code: 'bom', message: 'the file begins with a UTF-8 byte order mark', severity: 'warning' })
          at = 3
          continue
        }
      }
      const next = header === undefined ? between(bytes, at, last) : within(bytes, at, last, header)
      if (next === undefined) return at
      at = next
    }
    return bytes.length
  }

  const between = (bytes: Uint8Array, at: number, last: boolean): number | undefined => {
    if (bytes.length - at < 4 && !last) return undefined
    if (isHeader(bytes, at)) return openInterchange(bytes, at, last)
    rules.standAt(base + at)
    if (rules.counts.interchanges === 0) rules.brokenHeader('the file does not begin with ISA')
    else rules.note({ code: 'bytes-after-iea', message: 'something that is not ISA follows IEA' })
    stopped = true
    return undefined
  }

  const openInterchange = (bytes: Uint8Array, at: number, last: boolean): number | undefined => {
    if (bytes.length - at < HEADER_BYTES && !last) return undefined
    rules.standAt(base + at)
    gap.ended(base + at)
    const read = readInterchangeHeader(bytes, at)
    if ('broken' in read) {
      rules.brokenHeader(read.broken)
      stopped = true
      return undefined
    }
    rules.openInterchange(read)
    header = read
    return at + HEADER_BYTES
  }

  const within = (bytes: Uint8Array, at: number, last: boolean, delimiters: InterchangeHeader): number | undefined => {
    if (isHeader(bytes, at)) return openInterchange(bytes, at, last)
    const end = indexOf(bytes, delimiters.terminator, at)
    if ((end < 0 ? bytes.length : end) - at > LONGEST_SEGMENT) {
      rules.standAt(base + at)
      stop('segment-too-long', `no segment terminator within ${LONGEST_SEGMENT} bytes`)
      return undefined
    }
    if (end < 0) {
      if (last) unterminated(bytes, at, delimiters)
      return undefined
    }
    segment(bytes, at, end, delimiters)
    return header === undefined || stopped || !rules.isInSet() ? end + 1 : bodies(end + 1, bytes.length, delimiters)
  }

  const bodies = (start: number, length: number, delimiters: InterchangeHeader): number => {
    let at = start
    do {
      at = countBodies(buffers, { start: at, length, longest: LONGEST_SEGMENT }, delimiters, run)
      rules.bodies(run)
    } while (run.segments > 0)
    return at
  }

  const segment = (bytes: Uint8Array, at: number, end: number, delimiters: InterchangeHeader): void => {
    gap.ended(base + at)
    const tag = tagAt(bytes, at, end, delimiters.element)
    if (tag !== TAG.none && !isPerhapsSpecial[bytes[at] ?? 0]) {
      rules.standAt(base + at)
      return rules.body('other')
    }
    switch (tag) {
      case TAG.INS:
        rules.standAt(base + at)
        return rules.body('INS')
      case TAG.CLM:
        rules.standAt(base + at)
        return rules.body('CLM')
      case TAG.GS:
        return envelope('GS', bytes, at, end, delimiters)
      case TAG.ST:
        return envelope('ST', bytes, at, end, delimiters)
      case TAG.SE:
        return envelope('SE', bytes, at, end, delimiters)
      case TAG.GE:
        return envelope('GE', bytes, at, end, delimiters)
      case TAG.BGN:
        return envelope('BGN', bytes, at, end, delimiters)
      case TAG.IEA:
        envelope('IEA', bytes, at, end, delimiters)
        header = undefined
        return
      case TAG.TA1:
        rules.standAt(base + at)
        return rules.acknowledgement()
      case TAG.BIN:
      case TAG.BDS:
        rules.standAt(base + at)
        return stop('binary-segment', 'BIN and BDS carry raw bytes, which cannot be scanned for segments')
      case TAG.none:
        rules.standAt(base + at)
        return rules.badTag()
      default:
        rules.standAt(base + at)
        return rules.body('other')
    }
  }

  const envelope = (
    name: Parameters<EnvelopeRules['envelope']>[0],
    bytes: Uint8Array,
    at: number,
    end: number,
    delimiters: InterchangeHeader,
  ): void => {
    rules.standAt(base + at)
    rules.envelope(name, latin1(bytes, at, end).split(String.fromCharCode(delimiters.element)))
  }

  /** The file ends within a segment. Only an IEA that is complete but for its terminator is let through. */
  const unterminated = (bytes: Uint8Array, at: number, delimiters: InterchangeHeader): void => {
    gap.ended(base + at)
    rules.standAt(base + at)
    let end = bytes.length
    while (end > at && isPadding(bytes[end - 1] ?? 0)) end -= 1
    const elements = latin1(bytes, at, end).split(String.fromCharCode(delimiters.element))
    if (elements[0] !== 'IEA' || elements[2] !== delimiters.control) return
    rules.note({ code: 'iea-unterminated', message: 'the last IEA has no segment terminator', severity: 'warning' })
    rules.envelope('IEA', elements)
  }

  const pushPiece = (piece: Uint8Array): void => {
    work.set(piece, held)
    const length = held + piece.length
    const done = consume(work.subarray(0, length), false)
    work.copyWithin(0, done, length)
    held = length - done
    base += done
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && !stopped; at += PIECE) pushPiece(chunk.subarray(at, at + PIECE))
    },
    end() {
      if (!stopped) consume(work.subarray(0, held), true)
      if (!stopped) {
        gap.ended(undefined)
        rules.standAt(base + held)
      }
      return rules.end(stopped)
    },
    isStopped: () => stopped,
  }
}

const isHeader = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 73 && bytes[at + 1] === 83 && bytes[at + 2] === 65 && !isLetterOrDigit(bytes[at + 3] ?? 65)

/** Segments are some 25 bytes: a loop finds the end of one sooner than a call into the native indexOf returns. */
function indexOf(bytes: Uint8Array, byte: number, from: number): number {
  const length = bytes.length
  for (let at = from; at < length; at += 1) if (bytes[at] === byte) return at
  return -1
}
