import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { type Drop, type SampleFile, samplePayers } from './payers.ts'

export type { Drop }
/** What was written, in the order in which the files are to be dropped. */
export type Manifest = { seed: number; drops: Drop[] }

/** Written at once: a write a segment would spend the time in the stream. */
const PIECE = 256 * 1024

/** Writes every sample file below `outDir` (a file's path there is its key in the landing bucket) and manifest.json. */
export async function generateSamples(options: { outDir: string; seed: number; members: number }): Promise<Manifest> {
  const { outDir, seed, members } = options
  const drops: Drop[] = []
  for (const { drop, text } of samplePayers(seed, members)) {
    await writeSample(join(outDir, drop.file), text, drop.file.endsWith('.gz'))
    drops.push(drop)
  }
  const manifest = { seed, drops }
  await writeFile(join(outDir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

async function writeSample(path: string, text: SampleFile['text'], isGzip: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = createWriteStream(path)
  const target = isGzip ? createGzip() : file
  if (target !== file) target.pipe(file)
  const done = finished(file)
  let piece = ''
  for (const segment of text) {
    piece += segment
    if (piece.length < PIECE) continue
    if (!target.write(piece, 'latin1')) await once(target, 'drain')
    piece = ''
  }
  target.end(piece, 'latin1')
  await done
}
