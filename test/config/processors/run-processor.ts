import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { packProcessor } from '#cli/processors/processor-archive'

export type Run = {
  exitCode: number
  log: string
  progress: string | undefined
  outputs: string[]
  lines: Record<string, unknown>[]
  summary: Record<string, unknown>
}
export type Unpacked = { folder: string; run(input: Uint8Array, extra?: Record<string, string>): Promise<Run> }

/** A processor as an instance has it: packed, unpacked by tar, started by `./run` with the startup script's variables. */
export async function unpacked(name: 'members' | 'claims'): Promise<Unpacked> {
  const folder = await mkdtemp(join(tmpdir(), `processor-${name}-`))
  const { archive } = await packProcessor(join(import.meta.dirname, '../../../config/processors', name))
  await writeFile(join(folder, 'archive.tar.gz'), archive)
  await promisify(execFile)('tar', ['-xzf', 'archive.tar.gz'], { cwd: folder })
  return { folder, run: (input, extra) => runIn(folder, name, input, extra) }
}

async function runIn(folder: string, name: string, input: Uint8Array, extra?: Record<string, string>): Promise<Run> {
  const work = await mkdtemp(join(tmpdir(), 'work-'))
  const path = (part: string): string => join(work, part)
  await mkdir(path('in'))
  await mkdir(path('out'))
  await writeFile(path('file'), input)
  for (const [file, text] of Object.entries(extra ?? {})) {
    await mkdir(dirname(join(path('in'), file)), { recursive: true })
    await writeFile(join(path('in'), file), text)
  }
  const env = {
    ...{ PATH: process.env['PATH'], MAYFLY_INPUT: path('file'), MAYFLY_IN: path('in'), MAYFLY_OUT: path('out') },
    ...{ MAYFLY_PROGRESS: path('progress'), MAYFLY_JOB: 'job', MAYFLY_PAYER: 'payer', MAYFLY_TYPE: 'type' },
  }
  try {
    const { exitCode, log } = await started(join(folder, 'run'), work, env)
    const outputs = (await readdir(path('out'))).sort()
    const read = async (file: string): Promise<string> =>
      outputs.includes(file) ? readFile(join(path('out'), file), 'utf8') : ''
    const lines = (await read(`${name}.ndjson`)).split('\n').filter((line) => line !== '')
    const progress = await readFile(path('progress'), 'utf8').catch(() => undefined)
    const summary = JSON.parse((await read('summary.json')) || '{}')
    return { exitCode, log, progress, outputs, lines: lines.map((line) => JSON.parse(line)), summary }
  } finally {
    await rm(work, { recursive: true })
  }
}

const started = (file: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ exitCode: number; log: string }> =>
  new Promise((resolve) => {
    const child = execFile(file, { cwd, env }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, log: stdout + stderr })
    })
  })
