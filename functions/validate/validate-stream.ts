import { createGunzip, type Gunzip } from 'node:zlib'
import { type CsvLayout, defaultLayout } from '#domain/csv/csv-layout'
import { scanCsv } from '#domain/csv/scan-csv'
import type { EnvelopeReport } from '#domain/envelope/envelope-report'
import type { ScanOptions } from '#domain/envelope/envelope-rules'
import { BYTES_TO_RECOGNISE, recogniseContainer } from '#domain/envelope/recognise-container'
import { scanEnvelope } from '#domain/envelope/scan-envelope'
import { scanLines } from '#domain/envelope/scan-lines'
import { scanNothing } from '#domain/envelope/scan-nothing'
import { youngCollection } from '#functions/validate/young-collection'

export type ValidateOptions = ScanOptions & {
  format: 'x12' | 'csv' | 'ndjson' | 'none'
  /** how CSV is laid out; default: a header, commas, UTF-8 */
  csv?: CsvLayout
  /** a gzip file may not become larger than this; default 20 GiB */
  maxExpandedBytes?: number
}
/** `bytesRead` counts bytes as stored. */
export type ValidationReport = EnvelopeReport & {
  bytesRead: number
  /** false: a finding ended the scan early, and the rest of the file was not read */
  readToEnd: boolean
}

type Chunks = AsyncIterable<Uint8Array>
type Refusal = { code: string; message: string }
type Scanner = { push(chunk: Uint8Array): void; end(): EnvelopeReport; isStopped(): boolean }

const MOST_EXPANDED_BYTES = 20 * 1024 ** 3
const MOST_FINDINGS = 50
/** zlib's own 16 KiB are a change of threads each: 280 MB/s instead of 560 of unpacked bytes. */
const UNPACKED_PIECE = 64 * 1024

/**
 * Reads a payer file once, in constant memory, plain or gzip (by magic bytes, never by name), and reports on it.
 * An unsound file is a report. Errors of the source itself (a lost connection, a missing object) are thrown.
 */
export async function validateStream(chunks: Chunks, options: ValidateOptions): Promise<ValidationReport> {
  const scanner = scannerFor(options)
  let bytesRead = 0
  let readToEnd = false
  const source = (async function* () {
    for await (const chunk of chunks) {
      bytesRead += chunk.length
      yield chunk
    }
    readToEnd = true
  })()
  const refusal = await scan(source, options, scanner)
  const report = scanner.end()
  if (refusal === undefined) return { ...report, bytesRead, readToEnd }
  // The cause stands first: what the scan says about the part before it mostly follows from it.
  const finding = { ...refusal, severity: 'error' as const, segment: report.counts.segments + 1, byte: 0 }
  const consequences = report.counts.segments === 0 ? [] : report.findings.slice(0, MOST_FINDINGS - 1)
  return { ...report, valid: false, findings: [finding, ...consequences], bytesRead, readToEnd }
}

function scannerFor(options: ValidateOptions): Scanner {
  if (options.format === 'x12') return scanEnvelope(options)
  if (options.format === 'ndjson') return scanLines(options)
  if (options.format === 'csv') return scanCsv({ ...options, csv: options.csv ?? defaultLayout })
  return scanNothing(options)
}

async function scan(source: Chunks, options: ValidateOptions, scanner: Scanner): Promise<Refusal | undefined> {
  if (options.format === 'none') return pushAll(source, scanner)
  const stored = await opened(source)
  if (stored.container?.code !== 'gzip') return stored.container ?? pushAll(stored.chunks, scanner)
  const gzip = expanded(stored.chunks, options.maxExpandedBytes ?? MOST_EXPANDED_BYTES)
  const content = await opened(gzip.chunks)
  if (content.container?.code === 'gzip') return { code: 'gzip-in-gzip', message: 'the file is compressed twice' }
  if (content.container !== undefined) return content.container
  await pushAll(content.chunks, scanner)
  return gzip.refusal()
}

async function pushAll(chunks: Chunks, scanner: Scanner): Promise<undefined> {
  const allocated = youngCollection()
  for await (const chunk of chunks) {
    scanner.push(chunk)
    if (scanner.isStopped()) return
    allocated(chunk.length)
  }
}

/** Looks at the first bytes of a stream; `chunks` is the whole of it, those bytes included. */
async function opened(source: Chunks) {
  const iterator = source[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  while (start.length < BYTES_TO_RECOGNISE) {
    const next = await iterator.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  const container = recogniseContainer(start)
  if (container !== undefined && container.code !== 'gzip') await iterator.return?.()
  const chunks = async function* () {
    try {
      if (start.length > 0) yield start
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { container, chunks: chunks() }
}

/** Unpacks all members of a gzip stream. Damage ends `chunks` and is what `refusal` then says; a source's error is thrown. */
function expanded(stored: Chunks, limit: number) {
  let refusal: Refusal | undefined
  let failed: { error: unknown } | undefined
  let fed = 0
  let lastContent = 0
  const source = async function* () {
    try {
      for await (const chunk of stored) {
        const from = fed
        fed += chunk.length
        const last = chunk.findLastIndex((byte) => byte !== 0)
        if (last >= 0) lastContent = from + last + 1
        yield chunk
      }
    } catch (error) {
      failed = { error }
      throw error
    }
  }
  const chunks = async function* () {
    const gunzip = createGunzip({ chunkSize: UNPACKED_PIECE })
    let wanted = true
    const fedAll = feed(gunzip, source(), () => wanted)
    let bytes = 0
    try {
      for await (const chunk of gunzip) {
        bytes += chunk.length
        if (bytes > limit) {
          refusal = { code: 'gzip-too-large', message: `the file expands to more than ${limit} bytes` }
          return
        }
        yield chunk
      }
      await fedAll
    } catch (error) {
      if (failed !== undefined) throw failed.error
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      refusal = { code: 'gzip-damaged', message: `the gzip file is cut off or damaged (zlib ${why})` }
      return
    } finally {
      wanted = false
    }
    // zlib stops at NUL padding after a member and drops whatever follows: that is content nobody would miss in time.
    if (lastContent > gunzip.bytesWritten) {
      refusal = { code: 'gzip-damaged', message: `${fed - gunzip.bytesWritten} bytes after the gzip data are not gzip` }
    }
  }
  return { chunks: chunks(), refusal: (): Refusal | undefined => refusal }
}

/**
 * Writes a stream's chunks to `gunzip` by hand: behind `Readable.from` V8 takes each of them for long-lived, and a file of
 * 500 MB needs 122 MiB instead of 66 (pieces of 64 KiB) to 96 (256 KiB). What comes after the gzip data is read, and
 * dropped, while it is `wanted`.
 */
async function feed(gunzip: Gunzip, chunks: Chunks, wanted: () => boolean): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (!wanted()) return
      if (!gunzip.destroyed && !gunzip.write(chunk)) await drained(gunzip)
    }
    gunzip.end()
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Room again, or the end. */
const drained = (gunzip: Gunzip): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      gunzip.off('drain', done).off('close', done)
      resolve()
    }
    gunzip.on('drain', done).on('close', done)
  })
