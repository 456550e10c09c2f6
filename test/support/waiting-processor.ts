import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalStack } from '#test/support/local-stack'
import type { Cell } from '#test/support/stock-aws'

const name = 'waiting'

/** Local instances share this machine's files: so a test decides when a machine is done, without a guess at seconds. */
const main = `
import { access, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const until: string = JSON.parse(await readFile(process.env['MAYFLY_INPUT'] ?? '', 'utf8')).until
const isThere = () => access(until).then(() => true, () => false)
for (let tries = 0; !(await isThere()); tries++) {
  if (tries > 2000) throw new Error('waited 200 s in vain')
  await pause(100)
}
await writeFile((process.env['MAYFLY_OUT'] ?? '') + '/done.txt', 'done')
`

/** Writes the sources of a processor that works until the file exists that its payer file, \`{"until": path}\`, names. */
export const writeWaitingProcessor = async (folder: string): Promise<string> => {
  await mkdir(join(folder, name), { recursive: true })
  const manifest = { name, description: 'waits until a file exists', packages: ['nodejs20'] }
  await writeFile(join(folder, name, 'processor.json'), JSON.stringify(manifest))
  await writeFile(join(folder, name, 'main.ts'), main)
  return name
}

/** A payer with a row whose files are for the waiting processor: not X12, and at work until `release`. */
export const aWaitingPayer = async (
  { aws, folder }: Pick<LocalStack, 'aws' | 'folder'>,
  payerId: string,
  row: Record<string, Cell> = {},
) => {
  await aws.putPayerRow({ payerId, fileType: '*', format: 'none', processor: name, ...row })
  const until = join(folder, `${payerId}-may-end`)
  const file = join(folder, `${payerId}.json`)
  await writeFile(file, JSON.stringify({ until }))
  return { file, key: `${payerId}/member/${payerId}.json`, release: () => writeFile(until, '') }
}
