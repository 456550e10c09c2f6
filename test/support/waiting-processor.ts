import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalStack } from '#test/support/local-stack'
import type { Cell } from '#test/support/stock-aws'

const name = 'waiting'

/** Local instances share this machine's files: so a test decides when a machine is done, without a guess at seconds. */
const main = `
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const until: string = JSON.parse(await readFile(process.env['MAYFLY_INPUT'] ?? '', 'utf8')).until
const exitCode = () => readFile(until, 'utf8').catch(() => undefined)
let code: string | undefined
for (let tries = 0; code === undefined; tries++) {
  if (tries > 2000) throw new Error('waited 200 s in vain')
  if (tries > 0) await pause(100)
  code = await exitCode()
}
if (code === '0') await writeFile((process.env['MAYFLY_OUT'] ?? '') + '/done.txt', 'done')
process.exitCode = Number(code)
`

/**
 * Writes the sources of a processor that works until the file exists that its payer file, \`{"until": path}\`, names, and
 * ends with the exit code that stands in there.
 */
export const writeWaitingProcessor = async (folder: string): Promise<string> => {
  await mkdir(join(folder, name), { recursive: true })
  const manifest = { name, description: 'waits until a file exists', packages: ['nodejs20'] }
  await writeFile(join(folder, name, 'processor.json'), JSON.stringify(manifest))
  await writeFile(join(folder, name, 'main.ts'), main)
  return name
}

/** A payer file for the waiting processor, at work until `release`; `as` tells the files of a test apart. */
export const aWaitingFile = async ({ folder }: Pick<LocalStack, 'folder'>, as: string) => {
  const until = join(folder, `${as}-may-end`)
  const file = join(folder, `${as}.json`)
  await writeFile(file, JSON.stringify({ until }))
  /** 0: it succeeds. Whole at once: a machine may be looking. */
  const release = async (exitCode = 0) => {
    await writeFile(`${until}.new`, String(exitCode))
    await rename(`${until}.new`, until)
  }
  return { file, release }
}

/** The row of a payer whose files are for the waiting processor: not X12. */
export const waitingRow = (payerId: string, row: Record<string, Cell> = {}) => ({
  payerId,
  fileType: '*',
  format: 'none',
  processor: name,
  ...row,
})

/** A payer with such a row, and a member file of its own. */
export const aWaitingPayer = async (
  { aws, folder }: Pick<LocalStack, 'aws' | 'folder'>,
  payerId: string,
  row: Record<string, Cell> = {},
) => {
  await aws.putPayerRow(waitingRow(payerId, row))
  return { ...(await aWaitingFile({ folder }, payerId)), key: `${payerId}/member/${payerId}.json` }
}
