import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { build } from 'esbuild'
import { z } from 'zod'
import { projectFolder } from '#local/project-folder'
import { machine } from './machine.ts'
import { type Content, writePayerFile } from './payer-file.ts'

/** What issue 5 asks: shares of the ceiling, MB (10^6 bytes) a second, MiB resident, times the fastest library. */
export const validateAims = { ofIndexOf: 0.6, streamMBs: 600, residentMiB: 100, timesLibraries: 15 }

export type ValidateRow = { file: string; way: string; mbs?: number; peakMiB?: number; because?: string }
export type ValidateWanted = { megabytes: number[]; contents: Content[]; libraries: string; keep?: string }

const Found = z.object({ seconds: z.number(), peakMiB: z.number(), outcome: z.unknown().optional() })
const ours = ['indexOf', 'memory', 'read', 'stream', 'gzip']
const libraries = {
  '834': ['node-x12', 'x12-parser'],
  '837': ['node-x12', 'x12-parser'],
  csv: ['csv-parse', 'papaparse'],
  ndjson: [],
}
/** They hold every element of a file: more takes minutes, and gigabytes. */
const MOST_FOR_LIBRARIES_MB = 50
const ROUNDS = 5

/** Every way over every generated file, each in a process of its own. */
export async function validateBench(wanted: ValidateWanted, say: (line: string) => void) {
  const folder = wanted.keep ?? (await mkdtemp(join(tmpdir(), 'mayfly-bench-')))
  const rows: ValidateRow[] = []
  const program = join(folder, 'validate-one.mjs')
  try {
    // As it is deployed: a bundle. Through tsx the same takes 60 MiB more.
    const entryPoints = [join(projectFolder, 'bench', 'validate-one.ts')]
    await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
    for (const content of wanted.contents)
      for (const megabytes of wanted.megabytes) {
        const path = join(folder, `${content}-${megabytes}`)
        say(`${path}: generating`)
        await writePayerFile(path, content, megabytes * 1e6)
        await pipeline(createReadStream(path), createGzip({ level: 1 }), createWriteStream(`${path}.gz`))
        const others = megabytes <= MOST_FOR_LIBRARIES_MB ? libraries[content] : []
        for (const way of [...ours, ...others]) {
          rows.push(await measured(path, { program, content, way, megabytes, folder: wanted.libraries }))
          say(JSON.stringify(rows.at(-1)))
        }
      }
  } finally {
    if (wanted.keep === undefined) await rm(folder, { recursive: true, force: true })
  }
  return { machine: machine(), aims: validateAims, rows, shortfalls: shortfalls(rows) }
}

async function measured(
  path: string,
  {
    program,
    content,
    way,
    megabytes,
    folder,
  }: { program: string; content: Content; way: string; megabytes: number; folder: string },
): Promise<ValidateRow> {
  const file = `${content} ${megabytes} MB`
  const { size } = await stat(path)
  const args = [program, way, path, content, folder]
  try {
    // Libraries once: the first round is as slow as the others.
    const rounds = ours.includes(way) ? ROUNDS : 1
    const run = promisify(execFile)(process.execPath, [...args, String(rounds)], {
      cwd: projectFolder,
      timeout: 300_000,
    })
    const { seconds, peakMiB } = Found.parse(JSON.parse((await run).stdout))
    return { file, way, mbs: Math.round(size / seconds / 1e6), peakMiB }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const because = /Cannot find module/.test(said)
      ? 'not installed'
      : (said.split('\n').find((line) => /Error/.test(line)) ?? said.slice(0, 200))
    return { file, way, because }
  }
}

/** What falls short of the aims, in sentences. */
export function shortfalls(rows: readonly ValidateRow[]): string[] {
  return rows.flatMap(({ file, way, mbs = 0, peakMiB = 0 }) => {
    const other = (name: string) => rows.find((row) => row.file === file && row.way === name)?.mbs ?? 0
    const least = validateAims.ofIndexOf * other('indexOf')
    const isX12 = file.startsWith('8')
    const fastest = Math.max(other('node-x12'), other('x12-parser'))
    const short: string[] = []
    if (way === 'memory' && isX12 && mbs < least)
      short.push(`${mbs} MB/s in memory; ${Math.round(least)} are 60 % of indexOf`)
    if (way === 'memory' && isX12 && mbs < validateAims.timesLibraries * fastest)
      short.push(`${mbs} MB/s in memory; ${validateAims.timesLibraries} times the fastest library are ${15 * fastest}`)
    if (way === 'stream' && isX12 && mbs < validateAims.streamMBs)
      short.push(`${mbs} MB/s over a stream; the aim is ${validateAims.streamMBs}`)
    if ((way === 'stream' || way === 'gzip') && peakMiB > validateAims.residentMiB)
      short.push(`${peakMiB} MiB resident, ${way}; the aim is ${validateAims.residentMiB}`)
    return short.map((text) => `${file}: ${text}`)
  })
}
