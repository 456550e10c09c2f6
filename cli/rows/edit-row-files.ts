import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSeq, parseDocument, stringify } from 'yaml'
import type { Change, Row } from '#cli/rows/config-changes'
import type { Both, ConfigSides } from '#cli/rows/config-sides'
import type { FileRow } from '#config/row-files'
import { PolicyRow } from '#domain/policy/policy'
import { PoolRow } from '#domain/policy/pool'

/** The first line of a file of rows, which editors read. */
const HEADS = {
  payers: '# yaml-language-server: $schema=../payer-rows.schema.json\n',
  pools: '# yaml-language-server: $schema=./pool-rows.schema.json\n',
}

/** Makes the changes in the files of rows; what people wrote around them stays. @returns the files that changed. */
export const editRowFiles = async (
  { folder, found }: Pick<ConfigSides, 'folder' | 'found'>,
  changes: Both<readonly Change[]>,
): Promise<string[]> => {
  const poolFile = found.pools[0]?.file ?? join(folder, 'pools.yaml')
  const payerFile = (row: Row): string =>
    found.payers.find((other) => Reflect.get(Object(other.row), 'payerId') === row['payerId'])?.file ??
    join(folder, 'payers', row['payerId'] === '*' ? 'defaults.yaml' : `${row['payerId']}.yaml`)
  const keysOf = { payers: ['payerId', 'fileType'], pools: ['pool'] }
  const byFile = new Map<string, { head: string; key: readonly string[]; changes: Change[] }>()
  for (const kind of ['payers', 'pools'] as const)
    for (const change of changes[kind]) {
      if (!['add', 'change', 'remove'].includes(change.kind)) continue
      const key = keysOf[kind]
      const standing = found[kind].find(({ row }) => isNamed(row, key, change))
      const file = standing?.file ?? (kind === 'pools' ? poolFile : payerFile(change.to ?? {}))
      const entry = byFile.get(file) ?? { head: HEADS[kind], key, changes: [] }
      byFile.set(file, { ...entry, changes: [...entry.changes, change] })
    }
  for (const [file, { head, key, changes: some }] of byFile) {
    const text = await readFile(file, 'utf8').catch(() => head)
    const next = editedRows(text, { key, changes: some, json: file.endsWith('.json') })
    if (next === undefined) await rm(file)
    else {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, next)
    }
  }
  return [...byFile.keys()].sort()
}

const isNamed = (row: FileRow['row'], key: readonly string[], { name }: Pick<Change, 'name'>): boolean =>
  key.map((part) => String(Reflect.get(Object(row), part))).join('/') === name

type Edit = { readonly key: readonly string[]; readonly changes: readonly Change[]; readonly json?: boolean }

/** The text of a file of rows with the changes made; undefined: no row is left. */
export const editedRows = (text: string, { key, changes, json = false }: Edit): string | undefined => {
  const document = parseDocument(text)
  if (!isSeq(document.contents)) return `${text}${stringify(added(changes), { lineWidth: 0 })}` // a new file
  for (const change of changes) {
    const rows: unknown = document.toJS() ?? []
    const at = Array.isArray(rows) ? rows.findIndex((row) => isNamed(row, key, change)) : -1
    if (change.kind === 'remove') document.deleteIn([at])
    else if (at < 0) document.addIn([], document.createNode(ordered(change.to ?? {})))
    else
      for (const { field, to } of change.fields)
        if (to === undefined) document.deleteIn([at, field])
        else document.setIn([at, field], isScalarValue(to) ? to : document.createNode(to))
  }
  const left: unknown = document.toJS()
  if (!Array.isArray(left) || left.length === 0) return undefined
  return json ? `${JSON.stringify(left, null, 2)}\n` : document.toString({ lineWidth: 0 })
}

const isScalarValue = (value: unknown): boolean => typeof value !== 'object'

const added = (changes: readonly Change[]): Row[] => changes.flatMap(({ to }) => (to ? [ordered(to)] : []))

/** In the order of the schema: what a person looks for first comes first. */
const order = [...Object.keys(PolicyRow.shape), ...Object.keys(PoolRow.shape)]
const ordered = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)))
