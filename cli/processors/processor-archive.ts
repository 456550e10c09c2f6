import { createHash } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import * as z from 'zod'
import { Architecture } from '#domain/policy/instance-types'

/** `processor.json`: what a folder of config/processors must say about itself. */
export const ProcessorManifest = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and hyphens, at most 40'),
  description: z.string().min(1),
  /** Absent: it runs on anything. */
  architectures: z.array(Architecture).min(1).optional(),
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+._-]*$/, 'the name of an AL2023 package')),
})
export type ProcessorManifest = z.infer<typeof ProcessorManifest>

const RUN = '#!/bin/sh\nexec node "$(dirname "$0")/main.mjs"\n'
/** Bundled CommonJS dependencies ask for Node's modules through `require`, which ES modules do not have. */
const REQUIRE =
  "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);"

/**
 * Bundles a processor's folder (processor.json, main.ts) into a tar.gz with `run`, `main.mjs` and `processor.json`. The
 * same sources give the same bytes, wherever the checkout stands: the hash is the processor's version.
 * @throws when processor.json is not valid, its name is not the folder's, or main.ts does not bundle
 */
export async function packProcessor(folder: string): Promise<{
  name: string
  sha256: string
  archive: Buffer
  packages: string[]
  architectures?: Architecture[] | undefined
}> {
  const place = await realpath(folder)
  const { name, packages, description, architectures } = await manifestOf(place)
  const bundle = await build({
    entryPoints: [join(place, 'main.ts')],
    absWorkingDir: place,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: REQUIRE },
    logLevel: 'silent',
  })
  const main = bundle.outputFiles[0]
  if (main === undefined) throw new Error(`esbuild made no output for ${name}; it should make main.mjs`)
  const manifest = Buffer.from(`${JSON.stringify({ name, description, packages, architectures }, null, 2)}\n`)
  const tar = Buffer.concat([
    ...tarEntry('main.mjs', Buffer.from(main.contents), 0o644),
    ...tarEntry('processor.json', manifest, 0o644),
    ...tarEntry('run', Buffer.from(RUN), 0o755),
    Buffer.alloc(2 * BLOCK),
  ])
  const archive = deterministicGzip(tar)
  return { name, sha256: createHash('sha256').update(archive).digest('hex'), archive, packages, architectures }
}

async function manifestOf(folder: string): Promise<ProcessorManifest> {
  const path = join(folder, 'processor.json')
  const parsed = ProcessorManifest.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path} is not valid: ${z.prettifyError(parsed.error)}`)
  if (parsed.data.name !== basename(folder)) {
    throw new Error(`${path} names ${parsed.data.name}; it should be ${basename(folder)}, the folder's name`)
  }
  return parsed.data
}

const BLOCK = 512

/** One file of a POSIX ustar archive: no owner, time 0. */
function tarEntry(name: string, content: Buffer, mode: number): Buffer[] {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  header.write(name, 0)
  header.write(octal(mode, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(content.length, 11), 124)
  header.write(octal(0, 11), 136)
  header.write(' '.repeat(8), 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]
}

/** Stored, not deflated: zlib's output differs between builds, stored blocks do not. Byte 9 names the system: unknown. */
function deterministicGzip(content: Buffer): Buffer {
  const packed = gzipSync(content, { level: 0 })
  packed[9] = 255
  return packed
}
