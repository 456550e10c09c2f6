import type { OpenStack } from '#cli/aws/open-stack'
import { machineUser } from '#cli/owners/owner-request'
import type { Problem } from '#cli/rows/check-config'
import { baseAfter, type Change, forced, type Rows } from '#cli/rows/config-changes'
import { type Effects, effectsOf } from '#cli/rows/config-effects'
import { type Both, baseWithFresh, configSides, pullChanges, pushChanges, tablesAfter } from '#cli/rows/config-sides'
import { editRowFiles } from '#cli/rows/edit-row-files'
import { keepPushedConfig, type PushedConfig } from '#cli/rows/pushed-config'
import { putRows } from '#cli/rows/put-rows'

type Options = { readonly folder?: string | undefined; readonly force?: boolean | undefined }

export type Synced = {
  /** Nothing was changed: there are conflicts, or problems with the rows. */
  readonly refused: boolean
  readonly changes: Both<Change[]>
  readonly problems: readonly Problem[]
  /** What the changes move among the files that wait. */
  readonly effects?: Effects
  /** The files that were written. */
  readonly files?: readonly string[]
}

const each = ({ payers, pools }: Both<Change[]>, map: (changes: Change[]) => Change[]): Both<Change[]> => ({
  payers: map(payers),
  pools: map(pools),
})

export const countOf = ({ payers, pools }: Both<readonly Change[]>, ...kinds: readonly Change['kind'][]): number =>
  [...payers, ...pools].filter(({ kind }) => kinds.includes(kind)).length

/** Makes the tables like the files; with `dry`, only says what that would be. */
export const pushConfig = async (
  stack: OpenStack,
  { folder, force = false, dry = false }: Options & { readonly dry?: boolean },
): Promise<Synced> => {
  const sides = await configSides(stack, folder)
  const changes = force ? each(pushChanges(sides), forced) : pushChanges(sides)
  const { problems, files, base } = sides
  const effects = await effectsOf(stack, tablesAfter(sides, changes), Date.now())
  const refused = countOf(changes, 'conflict') > 0 || (problems.length > 0 && !force)
  if (!refused && !dry) {
    await putRows(stack, changes)
    await keep(stack, commonAfter(files, base, changes))
  }
  return { refused, changes, problems, effects }
}

/** Makes the files like the tables; a folder without any, or that is not there, gets them all. */
export const pullConfig = async (stack: OpenStack, { folder, force = false }: Options): Promise<Synced> => {
  const sides = await configSides(stack, folder, { mayBeFresh: true })
  const changes = force ? each(pullChanges(sides), forced) : pullChanges(sides)
  if (countOf(changes, 'conflict') > 0) return { refused: true, changes, problems: [] }
  const files = await editRowFiles(sides, changes)
  await keep(stack, sides.fresh ? baseWithFresh(sides) : commonAfter(sides.tables, sides.base, changes))
  return { refused: false, changes, problems: [], files }
}

const commonAfter = (source: Both<Rows>, base: PushedConfig, changes: Both<Change[]>): PushedConfig => ({
  payers: baseAfter({ source: source.payers, base: base.payers }, changes.payers),
  pools: baseAfter({ source: source.pools, base: base.pools }, changes.pools),
})

const keep = (stack: OpenStack, common: PushedConfig): Promise<void> =>
  keepPushedConfig(stack, common, { who: machineUser(), at: new Date().toISOString() })
