import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { HEADER_BYTES, type InterchangeHeader, readInterchangeHeader } from '#domain/envelope/interchange-header'

export type Segment = {
  tag: string
  /** the elements as in the guides: `element(segment, 1)` of REF*0F*… is 0F */
  elements: readonly string[]
  /** splits a composite element (CLM05, DTP) into its components */
  component: string
}
/** Segments come in batches, one for each piece read from disk: a promise a segment would cost more than the parsing. */
export type Batch = { segments: Segment[]; bytesRead: number }

/** An element by the guides' number; absent trailing elements are empty. */
export const element = (segment: Segment, index: number): string => segment.elements[index] ?? ''

const PIECE_BYTES = 256 * 1024

/**
 * Reads an X12 file, plain or gzip, with any legal delimiters (each interchange brings its own), a byte order mark,
 * blanks before tags and padding after the end. Latin-1, constant memory. The file has passed validation: this reader
 * throws where it cannot go on, and checks nothing else.
 */
export async function* readSegments(path: string): AsyncGenerator<Batch> {
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES })
  const source = (await isGzip(path)) ? file.pipe(createGunzip({ chunkSize: PIECE_BYTES })) : file
  if (source !== file) file.on('error', (error) => source.destroy(error))
  const split = splitter()
  for await (const piece of source)
    yield { segments: split(String(piece.latin1Slice()), false), bytesRead: file.bytesRead }
  yield { segments: split('', true), bytesRead: file.bytesRead }
}

export const sizeOf = async (path: string): Promise<number> => (await stat(path)).size

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

const isBlank = (code: number): boolean =>
  code <= 0x20 && (code === 0x20 || code === 0x1a || code === 0 || (code >= 9 && code <= 13))
const BOM = '\xef\xbb\xbf'

function splitter() {
  let rest = ''
  let atStart = true
  let header: InterchangeHeader | undefined
  return (piece: string, last: boolean): Segment[] => {
    let text = rest + piece
    if (atStart && (text.length >= BOM.length || last)) {
      atStart = false
      if (text.startsWith(BOM)) text = text.slice(BOM.length)
    }
    const segments: Segment[] = []
    let at = 0
    while (!atStart) {
      while (at < text.length && isBlank(text.charCodeAt(at))) at += 1
      if (at === text.length) break
      if (text.length - at < 4 && !last) break
      if (text.startsWith('ISA', at) && /[^0-9A-Za-z]/.test(text.charAt(at + 3))) {
        if (text.length - at < HEADER_BYTES && !last) break
        const read = readInterchangeHeader(Buffer.from(text.slice(at, at + HEADER_BYTES), 'latin1'), 0)
        if ('broken' in read) throw new Error(`cannot read the interchange: ${read.broken}`)
        header = read
        segments.push(segmentOf(text.slice(at, at + HEADER_BYTES - 1), header))
        at += HEADER_BYTES
        continue
      }
      if (header === undefined) throw new Error('not an X12 file: it does not begin with ISA')
      const end = text.indexOf(String.fromCharCode(header.terminator), at)
      if (end < 0 && !last) break
      segments.push(segmentOf(text.slice(at, end < 0 ? text.length : end), header))
      at = end < 0 ? text.length : end + 1
    }
    rest = text.slice(at)
    return segments
  }
}

function segmentOf(text: string, header: InterchangeHeader): Segment {
  const elements = text.split(String.fromCharCode(header.element))
  return { tag: elements[0] ?? '', elements, component: String.fromCharCode(header.component) }
}
