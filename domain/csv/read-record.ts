import { INCOMPLETE, INVALID, utf8Length } from './utf8.ts'

/** What reading a record found; one object is used again and again, for there are millions. */
export type CsvRecord = {
  /** offset behind the last byte, without the line end */
  end: number
  /** offset of the next record */
  next: number
  fields: number
  /** what is wrong with it: bits of `FLAW` */
  flaws: number
}
export const FLAW = { bareQuote: 1, afterQuote: 2, openQuote: 4, encoding: 8, nul: 16 } as const

const LF = 10
const CR = 13
const QUOTE = 34

const PLAIN = 0
const DELIMITER = 1
const MARK = 2
const LINE_END = 3
const NUL = 4
const HIGH = 5

/** What each byte means outside quotes. */
export function csvBytes(delimiter: string, encoding: 'utf-8' | 'latin1'): Uint8Array {
  const kinds = new Uint8Array(256)
  if (encoding === 'utf-8') kinds.fill(HIGH, 128)
  kinds[0] = NUL
  kinds[LF] = LINE_END
  kinds[CR] = LINE_END
  kinds[QUOTE] = MARK
  kinds[delimiter.charCodeAt(0)] = DELIMITER
  return kinds
}

/**
 * Reads one record (RFC 4180; CR, LF or both end it) of `bytes` from `start` up to `length`. Returns false where the record
 * may go on behind `length`; never when `last`, for then nothing follows.
 */
export function readRecord(
  bytes: Uint8Array,
  { start, length, last }: { start: number; length: number; last: boolean },
  kinds: Uint8Array,
  record: CsvRecord,
): boolean {
  record.flaws = 0
  let fields = 1
  let fieldStart = start
  let at = start
  let quoted = false
  for (;;) {
    // Nearly all of the time is spent here.
    const quiet = quoted ? DELIMITER : PLAIN
    while (at < length && (kinds[bytes[at] as number] as number) <= quiet) at += 1
    if (at >= length) {
      if (!last) return false
      if (quoted) record.flaws |= FLAW.openQuote
      return ended(record, length, length, fields)
    }
    const kind = kinds[bytes[at] as number] as number
    if (kind === DELIMITER) {
      fields += 1
      at += 1
      fieldStart = at
    } else if (kind === LINE_END) {
      if (!quoted) {
        const isCr = bytes[at] === CR
        if (isCr && at + 1 >= length && !last) return false
        return ended(record, at, isCr && at + 1 < length && bytes[at + 1] === LF ? at + 2 : at + 1, fields)
      }
      at += 1
    } else if (kind === MARK) {
      if (!quoted) {
        if (at === fieldStart) quoted = true
        else record.flaws |= FLAW.bareQuote
        at += 1
      } else {
        if (at + 1 >= length && !last) return false
        const follows = at + 1 >= length ? LINE_END : (kinds[bytes[at + 1] as number] as number)
        const isDoubled = follows === MARK && at + 1 < length
        at += isDoubled ? 2 : 1
        quoted = isDoubled
        if (!isDoubled && follows !== DELIMITER && follows !== LINE_END) record.flaws |= FLAW.afterQuote
      }
    } else if (kind === HIGH) {
      const size = utf8Length(bytes, at, length)
      if (size === INCOMPLETE && !last) return false
      if (size === INVALID || size === INCOMPLETE) record.flaws |= FLAW.encoding
      at += Math.max(1, size)
    } else {
      record.flaws |= FLAW.nul
      at += 1
    }
  }
}

function ended(record: CsvRecord, end: number, next: number, fields: number): true {
  record.end = end
  record.next = next
  record.fields = fields
  return true
}
