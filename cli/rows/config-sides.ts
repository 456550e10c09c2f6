import { join } from 'node:path'
import type { OpenStack } from '#cli/aws/open-stack'
import { type ConfigRow, checkConfig, type Problem } from '#cli/rows/check-config'
import { type Change, changesOf, type Row, type Rows } from '#cli/rows/config-changes'
import { configOfStack } from '#cli/rows/config-rows'
import { type PushedConfig, pushedConfig } from '#cli/rows/pushed-config'
import { hasRowFiles, type RowFiles, readRowFiles } from '#config/row-files'
import type { PolicyTables } from '#domain/ports/policy-tables'
import { projectFolder } from '#local/project-folder'

export type Both<T> = { readonly payers: T; readonly pools: T }

/** Rows as they stand in files and in tables, and as they were when both were last the same. */
export type ConfigSides = {
  readonly folder: string
  readonly found: RowFiles
  readonly files: Both<Rows>
  readonly tables: Both<Rows>
  readonly base: PushedConfig
  /** What is wrong with the rows of the files. */
  readonly problems: readonly Problem[]
  /** The folder has no files of rows: a pull fills it. */
  readonly fresh: boolean
}

type Reading = { readonly mayBeFresh?: boolean }

/** Reads both sides. @throws when a file is no list of rows, or there is none and there should be. */
export const configSides = async (
  stack: OpenStack,
  given?: string,
  { mayBeFresh = false }: Reading = {},
): Promise<ConfigSides> => {
  const folder = given ?? join(projectFolder, 'config')
  const fresh = mayBeFresh && !(await hasRowFiles(folder))
  const found = fresh ? { payers: [], pools: [] } : await readRowFiles(folder)
  const live = await configOfStack(stack, found.payers)
  return {
    ...{ folder, found, fresh, base: await pushedConfig(stack) },
    files: byName(found),
    tables: byName(live),
    problems: checkConfig({ ...live, ...found }),
  }
}

const byName = ({ payers, pools }: Both<readonly ConfigRow[]>): Both<Rows> => ({
  payers: named(payers, ['payerId', 'fileType']),
  pools: named(pools, ['pool']),
})

/** `mayflyStatus` is what the scheduler remarks on a row, not part of it. */
const named = (rows: readonly ConfigRow[], key: readonly string[]): Rows =>
  new Map(
    rows.map(({ row }) => {
      const { mayflyStatus: _ours, ...rest }: Record<string, unknown> = { ...Object(row) }
      return [key.map((part) => String(rest[part])).join('/'), rest satisfies Row]
    }),
  )

/** What makes the tables like the files. */
export const pushChanges = ({ files, tables, base }: ConfigSides): Both<Change[]> => ({
  payers: changesOf({ source: files.payers, target: tables.payers, base: base.payers }),
  pools: changesOf({ source: files.pools, target: tables.pools, base: base.pools }),
})

/** What makes the files like the tables. A fresh folder never had a row that it could have lost. */
export const pullChanges = ({ files, tables, base, fresh }: ConfigSides): Both<Change[]> => {
  const none = new Map()
  return {
    payers: changesOf({ source: tables.payers, target: files.payers, base: fresh ? none : base.payers }),
    pools: changesOf({ source: tables.pools, target: files.pools, base: fresh ? none : base.pools }),
  }
}

/**
 * What was the same when both were last, after a fresh folder was filled: what nobody had in common before. The rest stays,
 * or a push from another folder would take an edit of the tables that it never saw for one to be undone.
 */
export const baseWithFresh = ({ tables, base }: Pick<ConfigSides, 'tables' | 'base'>): PushedConfig => ({
  payers: new Map([...tables.payers, ...base.payers]),
  pools: new Map([...tables.pools, ...base.pools]),
})

/** The tables as they will be, for the scheduler's questions. */
export const tablesAfter = ({ tables }: ConfigSides, changes: Both<Change[]>): Pick<PolicyTables, 'rows' | 'pool'> => {
  const payers = changed(tables.payers, changes.payers)
  const pools = changed(tables.pools, changes.pools)
  return {
    rows: async (payerId) => [...payers.values()].filter((row) => row['payerId'] === payerId),
    pool: async (pool) => pools.get(pool),
  }
}

const changed = (rows: Rows, changes: readonly Change[]): Rows => {
  const next = new Map(rows)
  for (const { name, kind, to } of changes) {
    if (kind === 'remove') next.delete(name)
    else if ((kind === 'add' || kind === 'change') && to) next.set(name, to)
  }
  return next
}
