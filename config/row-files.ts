import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parseDocument } from 'yaml'

/** A row as it stands in a file; `where` tells a person which one it is. */
export type FileRow = { readonly file: string; readonly where: string; readonly row: unknown }
export type RowFiles = { readonly payers: readonly FileRow[]; readonly pools: readonly FileRow[] }

/** JSON is YAML too; the name tells which of them is written back. */
const isRowFile = (name: string): boolean => /\.(yaml|yml|json)$/.test(name)
const isPoolFile = (name: string): boolean => isRowFile(name) && name.startsWith('pools.')

/** Whether a folder has rows, or a place for them; one that is not there has not. */
export const hasRowFiles = async (folder: string): Promise<boolean> => {
  const names = async (place: string) =>
    readdir(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
  return (await names(folder)).some(isPoolFile) || (await names(join(folder, 'payers'))).some(isRowFile)
}

/**
 * Every row of `payers/` and of `pools.yaml` in a folder like config/, as it stands there: whether it is good is for its
 * readers to say. @throws when there are no pools, or a file is no list.
 */
export const readRowFiles = async (folder: string): Promise<RowFiles> => {
  const namesIn = (place: string) =>
    readdir(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      throw new Error(`${place} is not there; a folder of rows has pools.yaml and payers/, as config pull writes them`)
    })
  const inFolder = async (place: string, wanted: (name: string) => boolean) =>
    (await namesIn(place))
      .filter(wanted)
      .sort()
      .map((name) => join(place, name))
  const pools = await inFolder(folder, isPoolFile)
  if (pools.length === 0) throw new Error(`${folder} has no pools.yaml; it should list the pools that rows name`)
  const payers = await inFolder(join(folder, 'payers'), isRowFile)
  return {
    payers: (await Promise.all(payers.map((file) => rowsOf(file, ['payerId', 'fileType'])))).flat(),
    pools: (await Promise.all(pools.map((file) => rowsOf(file, ['pool'])))).flat(),
  }
}

const rowsOf = async (file: string, key: readonly string[]): Promise<FileRow[]> => {
  const shown = relative(process.cwd(), file)
  const rows = parsedRows(await readFile(file, 'utf8'), shown)
  return rows.map((row, i) => ({ file, where: `${shown} [${i}] ${nameOf(row, key)}`.trimEnd(), row }))
}

const parsedRows = (text: string, shown: string): unknown[] => {
  const document = parseDocument(text)
  const [error] = document.errors
  // With the line and the column, and the text there.
  if (error) throw new Error(`${shown} is not YAML: ${error.message.trim()}`)
  const rows: unknown = document.toJS()
  if (!Array.isArray(rows)) throw new Error(`${shown} should be a list of rows, each beginning with a dash`)
  return rows
}

const nameOf = (row: unknown, key: readonly string[]): string =>
  key
    .map((part): unknown => Reflect.get(Object(row), part))
    .filter((part) => part !== undefined)
    .join('/')
