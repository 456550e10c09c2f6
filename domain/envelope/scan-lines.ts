import type { EnvelopeReport, ScanOptions } from './envelope-rules.ts'
import { findingList } from './finding.ts'

/** Longer "lines" are not lines: the file is something else, and must not be pulled into memory. */
const LONGEST_LINE = 1024 * 1024
const LF = 10

/**
 * Checks NDJSON: every line that is not blank is UTF-8 and one JSON value. The same report as for X12: `segment` is the
 * line, from 1. Never says what a line contains (PHI).
 */
export function scanLines(options: ScanOptions) {
  const findings = findingList()
  const counts = { interchanges: 0, groups: 0, transactions: 0, segments: 0, members: 0, claims: 0 }
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let pieces: Uint8Array[] = []
  let held = 0
  let byte = 0
  let line = 1
  let stopped = false

  const error = (code: string, message: string): void =>
    findings.add({ code, severity: 'error', message, segment: line, byte })
  const endLine = (): void => {
    const bytes = new Uint8Array(held)
    let at = 0
    for (const piece of pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    pieces = []
    held = 0
    const problem = problemOf(bytes, decoder)
    if (problem === 'blank') return
    counts.segments += 1
    if (problem !== undefined) error('ndjson-line', problem)
  }

  return {
    push(chunk: Uint8Array): void {
      let at = 0
      while (!stopped && at < chunk.length) {
        const end = chunk.indexOf(LF, at)
        const piece = chunk.subarray(at, end < 0 ? chunk.length : end)
        if (held + piece.length > LONGEST_LINE) {
          error('ndjson-line', `a line is longer than ${LONGEST_LINE} bytes`)
          stopped = true
          return
        }
        if (piece.length > 0) pieces.push(new Uint8Array(piece))
        held += piece.length
        if (end < 0) return
        const next = byte + held + 1
        endLine()
        byte = next
        line += 1
        at = end + 1
      }
    },
    end(): EnvelopeReport {
      if (!stopped && held > 0) endLine()
      if (counts.segments === 0 && !stopped) {
        const severity = options.emptyIsUnsound ? 'error' : 'warning'
        findings.add({ code: 'empty-file', severity, message: 'the file has no lines', segment: 1, byte: 0 })
      }
      return { fileType: options.fileType, counts, full: false, ...findings.end() }
    },
    isStopped: () => stopped,
  }
}

function problemOf(bytes: Uint8Array, decoder: { decode(bytes: Uint8Array): string }): string | undefined {
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
