import { type EnvelopeReport, noCounts } from './envelope-report.ts'
import type { ScanOptions } from './envelope-rules.ts'
import { findingList } from './finding.ts'

/** Longer "lines" are not lines: the file is something else, and must not be pulled into memory. */
const LONGEST_LINE = 1024 * 1024
const PIECE = 64 * 1024
const LF = 10

/**
 * Checks NDJSON: every line that is not blank is UTF-8 and one JSON value. The same report as for X12: `segment` is the
 * line, from 1. Never says what a line contains (PHI).
 */
export function scanLines(options: ScanOptions) {
  const findings = findingList()
  const counts = noCounts()
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  // The rest of the piece before, then the piece. Grows up to a line's longest and a piece.
  let work = new Uint8Array(2 * PIECE)
  let held = 0
  let base = 0
  let line = 1
  let stopped = false

  const error = (code: string, message: string, at: number): void =>
    findings.add({ code, severity: 'error', message, segment: line, byte: base + at })

  const oneLine = (start: number, end: number): void => {
    const problem = problemOf(work.subarray(start, end), decoder)
    if (problem !== 'blank') counts.segments += 1
    if (problem !== 'blank' && problem !== undefined) error('ndjson-line', problem, start)
    line += 1
  }
  /** Whole lines. Decoded at once, for decoding line by line takes three times as long as parsing; looked at one by one only to say which is wrong. */
  const lines = (end: number): void => {
    const sound = soundLines(work.subarray(0, end), decoder)
    if (sound !== undefined) {
      counts.segments += sound.values
      line += sound.lines
      return
    }
    for (let start = 0; start < end; ) {
      const next = work.indexOf(LF, start) + 1
      oneLine(start, next - 1)
      start = next
    }
  }

  const pushPiece = (piece: Uint8Array): void => {
    const length = held + piece.length
    if (length > work.length) {
      const larger = new Uint8Array(Math.min(2 * work.length, LONGEST_LINE + 2 * PIECE))
      larger.set(work.subarray(0, held))
      work = larger
    }
    work.set(piece, held)
    const done = held + piece.lastIndexOf(LF) + 1
    const isWhole = done > held
    if (isWhole && work.indexOf(LF) > LONGEST_LINE) return tooLong()
    if (isWhole) lines(done)
    const from = isWhole ? done : 0
    work.copyWithin(0, from, length)
    held = length - from
    base += from
    if (held > LONGEST_LINE) tooLong()
  }
  const tooLong = (): void => {
    error('ndjson-line', `a line is longer than ${LONGEST_LINE} bytes`, 0)
    stopped = true
  }

  return {
    push(chunk: Uint8Array): void {
      for (let at = 0; at < chunk.length && !stopped; at += PIECE) pushPiece(chunk.subarray(at, at + PIECE))
    },
    end(): EnvelopeReport {
      if (!stopped && held > 0) oneLine(0, held)
      if (counts.segments === 0 && !stopped) {
        const severity = options.emptyIsUnsound ? 'error' : 'warning'
        findings.add({ code: 'empty-file', severity, message: 'the file has no lines', segment: 1, byte: 0 })
      }
      if (options.fileType === 'member') counts.members = counts.segments
      if (options.fileType === 'claims') counts.claims = counts.segments
      return { fileType: options.fileType, counts, full: false, ...findings.end() }
    },
    isStopped: () => stopped,
  }
}

type Decoder = { decode(bytes: Uint8Array): string }

/** How many lines, and how many of them hold a value; undefined if one does not parse. */
function soundLines(bytes: Uint8Array, decoder: Decoder): { lines: number; values: number } | undefined {
  try {
    const all = decoder.decode(bytes).split('\n')
    let values = 0
    for (const text of all) {
      if (text.trim() === '') continue
      JSON.parse(text)
      values += 1
    }
    return { lines: all.length - 1, values }
  } catch {
    return undefined
  }
}

function problemOf(bytes: Uint8Array, decoder: Decoder): string | undefined {
  let text: string
  try {
    text = decoder.decode(bytes).trim()
  } catch {
    return 'a line is not UTF-8'
  }
  if (text === '') return 'blank'
  try {
    JSON.parse(text)
    return undefined
  } catch {
    return 'a line is not JSON'
  }
}
