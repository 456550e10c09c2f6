import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { paginateScan } from '@aws-sdk/lib-dynamodb'
import { files } from '#adapters/aws/files'
import { processors } from '#adapters/aws/processors'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Config, ConfigRow } from '#cli/rows/check-config'
import { readRowFiles } from '#config/row-files'
import { projectFolder } from '#local/project-folder'

/**
 * What stands in the tables, and the processors that the artifacts bucket holds, of those that the rows or `others` name.
 * Reads both tables whole.
 */
export const configOfStack = async (
  { db, s3, names, onAws }: Pick<OpenStack, 'db' | 's3' | 'names' | 'onAws'>,
  others: readonly ConfigRow[] = [],
): Promise<Config> => {
  const scan = async (TableName: string, whereOf: (row: unknown) => string): Promise<ConfigRow[]> => {
    const rows: ConfigRow[] = []
    for await (const { Items = [] } of paginateScan({ client: db }, { TableName, ConsistentRead: true }))
      rows.push(...Items.map((row) => ({ where: whereOf(row), row })))
    return rows.sort((a, b) => (a.where < b.where ? -1 : 1))
  }
  const payers = await scan(names.PayerPriorityTable, (row) => `payer-priority ${nameOf(row, PAYER_ROW)}`)
  const pools = await scan(names.CapacityPoolsTable, (row) => `capacity-pools ${nameOf(row, POOL)}`)
  const pushed = processors(s3, names.ArtifactsBucket)
  const lies = async (key: string): Promise<boolean> =>
    (await files(s3).head({ bucket: names.ArtifactsBucket, key })) !== undefined
  const has = new Map<string, readonly string[] | undefined>()
  for (const wanted of wantedProcessors([...payers, ...others])) {
    if (isArchive(wanted)) {
      const [uri = ''] = wanted.split('@')
      const here = `s3://${names.ArtifactsBucket}/`
      if (uri.startsWith(here) && (await lies(uri.slice(here.length)))) has.set(wanted, undefined)
      continue
    }
    const [name = '', sha256] = wanted.split('@')
    const pinned = sha256 === undefined || (await lies(`processors/${name}/${sha256}.tar.gz`))
    const latest = pinned ? await pushed.latest(name) : undefined
    if (latest) has.set(wanted, latest.architectures)
  }
  return {
    ...{ payers, pools, onAws },
    hasProcessor: (processor) => has.has(processor),
    architecturesOf: (processor) => has.get(processor),
  }
}

/** Put into the artifacts bucket by other means than a push. */
const isArchive = (processor: string): boolean => processor.startsWith('s3://')

/** Those that a row names, and those that files get where none does. */
const wantedProcessors = (payers: readonly ConfigRow[]): string[] => {
  const named = payers.flatMap(({ row }): unknown[] => {
    const shapes: unknown = Reflect.get(Object(row), 'shapes')
    return [row, ...(Array.isArray(shapes) ? shapes : [])].map((each) => Reflect.get(Object(each), 'processor'))
  })
  return [...new Set(['members', 'claims', ...named.filter((name) => typeof name === 'string')])]
}

const PAYER_ROW = ['payerId', 'fileType']
const POOL = ['pool']
const nameOf = (row: unknown, key: readonly string[]): string =>
  key
    .map((part): unknown => Reflect.get(Object(row), part))
    .filter((part) => part !== undefined)
    .join('/')

const PROCESSORS = join(projectFolder, 'config', 'processors')

/**
 * What stands in a folder like config/; a processor is there when its folder is, beside the rows or, where these are
 * alone, in this project. @throws when a file is no list.
 */
export const configOfFolder = async (folder = join(projectFolder, 'config')): Promise<Config> => {
  const entries = await readdir(join(folder, 'processors'), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return readdir(PROCESSORS, { withFileTypes: true })
      throw error
    },
  )
  const named = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return {
    ...(await readRowFiles(folder)),
    // Which versions were ever pushed, and which archives lie in the bucket, is for the endpoint to say.
    hasProcessor: (processor) => isArchive(processor) || named.includes(processor.split('@')[0] ?? ''),
  }
}
