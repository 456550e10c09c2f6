import { createReadStream, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { CsvLayout } from '#domain/csv/csv-layout'
import { scanCsv } from '#domain/csv/scan-csv'
import { scanEnvelope } from '#domain/envelope/scan-envelope'
import { scanLines } from '#domain/envelope/scan-lines'
import { type ValidateOptions, validateStream } from '#functions/validate/validate-stream'
import { peakMiB } from './peak-mib.ts'

/** One way of going through a file. Run in a process of its own, so that its memory is its own. */
type Way = (file: { path: string; content: string; libraries: string }) => Promise<unknown> | unknown

const PIECE = 256 * 1024
/** As a connection to S3 hands it over; of larger ones V8 keeps more than it needs. */
const PACKED_PIECE = 64 * 1024
const TERMINATOR = 126
const NEW_LINE = 10

const optionsFor = (content: string): ValidateOptions => ({
  fileType: content === '837' ? 'claims' : 'member',
  format: content === 'csv' || content === 'ndjson' ? content : 'x12',
  csv: CsvLayout.parse({}),
})
const scannerFor = (content: string) => {
  const { fileType } = optionsFor(content)
  if (content === 'csv') return scanCsv({ fileType, csv: CsvLayout.parse({}) })
  return content === 'ndjson' ? scanLines({ fileType }) : scanEnvelope({ fileType })
}
const library = async (name: string, folder: string) => createRequire(`${folder}/package.json`)(name)
const drained = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const each of stream) void each
}

/** Those that hold the whole file first: reading it is not counted. */
const inMemory: Record<string, (bytes: Buffer, content: string) => unknown> = {
  indexOf: (bytes, content) => {
    const end = content.startsWith('8') ? TERMINATOR : NEW_LINE
    let found = 0
    for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, at + 1)) found += 1
    return found
  },
  memory: (bytes, content) => {
    const scanner = scannerFor(content)
    scanner.push(bytes)
    return scanner.end().valid
  },
}

const streamed: Record<string, Way> = {
  read: ({ path }) => drained(createReadStream(path, { highWaterMark: PIECE })),
  stream: async ({ path, content }) =>
    (await validateStream(createReadStream(path, { highWaterMark: PIECE }), optionsFor(content))).valid,
  gzip: async ({ path, content }) =>
    (await validateStream(createReadStream(`${path}.gz`, { highWaterMark: PACKED_PIECE }), optionsFor(content))).valid,
  'node-x12': async ({ path, libraries }) => {
    const { X12Parser } = await library('node-x12', libraries)
    return new X12Parser(true).parse(readFileSync(path, 'latin1')) !== undefined
  },
  'x12-parser': async ({ path, libraries }) => {
    const { X12parser } = await library('x12-parser', libraries)
    await drained(createReadStream(path, { highWaterMark: PIECE }).pipe(new X12parser()))
  },
  'csv-parse': async ({ path, libraries }) => {
    const { parse } = await library('csv-parse', libraries)
    await drained(createReadStream(path, { highWaterMark: PIECE }).pipe(parse()))
  },
  papaparse: async ({ path, libraries }) => {
    const papa = await library('papaparse', libraries)
    const input = Readable.from(createReadStream(path, { highWaterMark: PIECE }))
    await drained(input.pipe(papa.parse(papa.NODE_STREAM_INPUT, {})))
  },
}

const [way = '', path = '', content = '', libraries = '', rounds = '1'] = process.argv.slice(2)
const bytes = way in inMemory ? readFileSync(path) : undefined
let seconds = Number.POSITIVE_INFINITY
let outcome: unknown
for (let round = 0; round < Number(rounds); round += 1) {
  const started = performance.now()
  outcome = bytes ? inMemory[way]?.(bytes, content) : await streamed[way]?.({ path, content, libraries })
  seconds = Math.min(seconds, (performance.now() - started) / 1000)
}
process.stdout.write(JSON.stringify({ seconds, peakMiB: peakMiB(), outcome }))
