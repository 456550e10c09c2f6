import { once } from 'node:events'
import { createWriteStream, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'

/** What the startup script gives a processor. */
export type Surroundings = {
  /** path of the payer file */
  input: string
  /** folder of extra inputs, such as the members' output */
  extra: string | undefined
  /** folder that is uploaded afterwards */
  out: string
  reportPercent(done: number, of: number): void
}

/** sysexits.h EX_TEMPFAIL: worth another attempt on another machine. */
const EX_TEMPFAIL = 75
const PASSING = ['EIO', 'ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']

/** Runs a processor's work and ends the process: 0 done, 75 try again elsewhere, 1 this file cannot be processed. */
export async function runProcessor(work: (surroundings: Surroundings) => Promise<void>): Promise<void> {
  try {
    await work({
      input: required('MAYFLY_INPUT'),
      extra: process.env['MAYFLY_IN'],
      out: required('MAYFLY_OUT'),
      reportPercent: percentWriter(process.env['MAYFLY_PROGRESS']),
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    console.error(error instanceof Error ? error.message : 'stopped by something that is not an Error')
    process.exitCode = PASSING.includes(code) ? EX_TEMPFAIL : 1
  }
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; the startup script sets it`)
  return value
}

function percentWriter(path: string | undefined) {
  let written = -1
  return (done: number, of: number): void => {
    const percent = of === 0 ? 100 : Math.min(100, Math.floor((100 * done) / of))
    if (path === undefined || percent === written) return
    written = percent
    writeFileSync(path, `${percent}\n`)
  }
}

/** A file of JSON lines. Lines gather until `flush`, which waits for the disk: memory stays constant. */
export function jsonLines(folder: string, name: string) {
  const file = createWriteStream(join(folder, name))
  let text = ''
  let failed: Error | undefined
  file.on('error', (error) => {
    failed = error
  })
  return {
    write(value: object): void {
      text += `${JSON.stringify(value)}\n`
    },
    async flush(): Promise<void> {
      if (failed) throw failed
      const ready = text === '' || file.write(text)
      text = ''
      if (!ready) await once(file, 'drain')
    },
    async close(): Promise<void> {
      await this.flush()
      file.end()
      await finished(file)
    },
  }
}

export const writeSummary = (folder: string, summary: object): Promise<void> =>
  writeFile(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
