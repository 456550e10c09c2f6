import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { type Config, checkConfig, type Problem } from '#cli/rows/check-config'
import { changeTable, effectLines, leftAlone, type Way } from '#cli/rows/config-report'
import { configOfFolder, configOfStack } from '#cli/rows/config-rows'
import { countOf, pullConfig, pushConfig, type Synced } from '#cli/rows/sync-config'
import { terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'

type ConfigOptions = AwsOptions & { readonly local?: string | true; readonly folder?: string; readonly force?: boolean }

const endings = {
  check: `
Examples:
  $ mayfly config check                  the tables payer-priority and capacity-pools as they stand
  $ mayfly config check --local          config/ of this project, without AWS
  $ mayfly config check --json | jq -r '.problems[].where'

Looks for rows that do not parse, types that wait for each other, pools and types that nobody named, shapes that never
fit their pool, and processors that were never pushed.
Exit codes: 0 nothing is wrong, 1 something is, 2 could not tell.`,
  diff: `
Examples:
  $ mayfly config diff
  $ mayfly config diff --folder ../our-rows --json | jq '.effects.moved'

What \`config push\` would change in the tables, and what that would move among the files that wait; nothing is changed.
Exit codes: 0 files and tables are the same, 1 they are not, 2 could not tell.`,
  push: `
Examples:
  $ mayfly config push
  $ mayfly config push --profile prod --region us-east-1
  $ mayfly config push --force           the files win, also over what was edited in the console

Rows that only the tables have stay. Rows that were edited in the tables since the last push stay too, and are told; one
that was edited on both sides stops the whole push.
Exit codes: 0 done, 1 refused (the reasons are printed, nothing was changed), 2 could not tell.`,
  pull: `
Examples:
  $ mayfly config pull                   then look at it with: git diff config
  $ mayfly config pull --folder /tmp/rows   a folder that is not there, or has no rows, gets all of them

Comments in the files stay. Rows that were edited in the files since the last push stay too; one that was edited on both
sides stops the whole pull, unless --force lets the tables win.
Exit codes: 0 done, 1 refused (the reasons are printed, nothing was changed), 2 could not tell.`,
}

const actions = {
  check: { description: 'say what is wrong with the rows, before or after an edit', run: () => check },
  diff: { description: 'what a push would change, and what it would move among waiting files', run: () => diff },
  push: { description: 'put the rows of the files into the tables', run: () => push },
  pull: { description: 'write the rows of the tables into the files', run: () => pull },
}

export const register = (program: Command) => {
  const config = program.command('config').description('the rows that people edit, in tables and in files')
  for (const name of ['check', 'diff', 'push', 'pull'] as const) {
    const { description, run } = actions[name]
    const command = config.command(name).description(description).addHelpText('after', endings[name]).exitOverride()
    if (name === 'check')
      command.option('--local [folder]', 'look at a folder of rows, not at AWS (default: config/ of the project)')
    else command.option('--folder <folder>', 'the folder of rows (default: config/ of the project)')
    if (name === 'push' || name === 'pull') command.option('--force', 'win over edits of the other side')
    command.action(async (_options, own: Command) => run()(own.optsWithGlobals<ConfigOptions>()))
  }
}

const say = (lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n`)
const sayJson = (value: unknown) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)

const problemTable = (problems: readonly Problem[]): string[] =>
  textTable(
    [{ title: 'ROW' }, { title: 'FIELD' }, { title: 'WHAT' }],
    problems.map(({ where, field, problem }) => [where, field, problem]),
    { ...terminal(), width: Number.POSITIVE_INFINITY }, // a reason that is cut is no reason
  )

const check = async (options: ConfigOptions): Promise<void> => {
  const { local } = options
  const config: Config =
    local === undefined
      ? await withStack(options, (stack) => configOfStack(stack))
      : await configOfFolder(local === true ? undefined : local)
  const problems = checkConfig(config)
  if (problems.length > 0) process.exitCode = 1
  const rows = { payers: config.payers.length, pools: config.pools.length }
  if (options.json) return void sayJson({ rows, problems })
  const looked = `${rows.payers} payer rows and ${rows.pools} pools`
  say(
    problems.length === 0
      ? [`${looked}: nothing is wrong.`]
      : [...problemTable(problems), '', `${looked}: ${problems.length} problems.`],
  )
}

const diff = (options: ConfigOptions): Promise<void> =>
  withStack(options, async (stack) => {
    const found = await pushConfig(stack, { ...options, dry: true })
    const { changes, problems, effects } = found
    if (changes.payers.length + changes.pools.length + problems.length > 0) process.exitCode = 1
    if (options.json) sayJson({ changes, problems, effects })
    else say(described(found, 'push'))
  })

const push = (options: ConfigOptions): Promise<void> =>
  withStack(options, async (stack) => finish(await pushConfig(stack, options), options, 'push'))

const pull = (options: ConfigOptions): Promise<void> =>
  withStack(options, async (stack) => finish(await pullConfig(stack, options), options, 'pull'))

const described = ({ changes, problems, effects, files = [] }: Synced, way: Way): string[] => [
  ...(problems.length > 0 ? [...problemTable(problems), ''] : []),
  ...changeTable(changes, way, terminal()),
  ...leftAlone(changes, way),
  ...files.map((file) => `Wrote ${file}`),
  ...(effects ? ['', ...effectLines(effects, terminal())] : []),
]

const finish = (found: Synced, { json }: ConfigOptions, way: Way): void => {
  if (found.refused) process.exitCode = 1
  if (json) return void sayJson(found)
  const made = countOf(found.changes, 'add', 'change', 'remove')
  const verdict = found.refused
    ? 'Refused: nothing was changed.'
    : made === 0
      ? 'Nothing to do.'
      : `Done: ${made} rows.`
  say([...described(found, way), '', verdict])
}
