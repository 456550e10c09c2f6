import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export const PROCESSOR = 'chaos'

/** Works for as long as the file's first line says, or does nothing at all for ever, on the attempt that it names. */
const main = `
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const { MAYFLY_INPUT = '', MAYFLY_OUT = '', MAYFLY_ATTEMPT } = process.env
const [first = '{}'] = (await readFile(MAYFLY_INPUT, 'utf8')).split('\\n')
const { seconds, hangsOnAttempt } = JSON.parse(first)
await pause(hangsOnAttempt === Number(MAYFLY_ATTEMPT) ? 2 ** 31 - 1 : seconds * 1000)
await writeFile(MAYFLY_OUT + '/done.txt', 'done')
`

/** Writes the sources of the processor of chaos runs into a folder of processors. */
export const writeChaosProcessor = async (folder: string): Promise<void> => {
  await mkdir(join(folder, PROCESSOR), { recursive: true })
  const manifest = {
    name: PROCESSOR,
    description: 'works or hangs for as long as its file says',
    packages: ['nodejs20'],
  }
  await writeFile(join(folder, PROCESSOR, 'processor.json'), JSON.stringify(manifest))
  await writeFile(join(folder, PROCESSOR, 'main.ts'), main)
}
