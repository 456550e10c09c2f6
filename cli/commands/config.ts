import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws-options'
import { type Config, checkConfig } from '#cli/check-config'
import { configOfFolder, configOfStack } from '#cli/config-rows'
import { withStack } from '#cli/open-stack'
import { terminal } from '#cli/terminal'
import { textTable } from '#cli/text-table'

type CheckOptions = AwsOptions & { readonly local?: string | true }

const ending = `
Examples:
  $ mayfly config check                  the tables payer-priority and capacity-pools as they stand
  $ mayfly config check --local          config/ of this project, without AWS
  $ mayfly config check --json | jq -r '.problems[].where'

Looks for rows that do not parse, types that wait for each other, pools and types that nobody named, shapes that never
fit their pool, and processors that were never pushed.
Exit codes: 0 nothing is wrong, 1 something is, 2 could not tell.`

export const register = (program: Command) => {
  const config = program.command('config').description('the rows that people edit')
  config
    .command('check')
    .description('say what is wrong with the rows, before or after an edit')
    .option('--local [folder]', 'look at a folder of rows, not at AWS (default: config/ of the project)')
    .addHelpText('after', ending)
    .exitOverride()
    .action(async (_options, command: Command) => check(command.optsWithGlobals<CheckOptions>()))
}

const check = async (options: CheckOptions) => {
  const { local } = options
  const config =
    local === undefined
      ? await withStack(options, configOfStack)
      : await configOfFolder(local === true ? undefined : local)
  report(config, options)
}

const report = (config: Config, { json }: CheckOptions) => {
  const problems = checkConfig(config)
  if (problems.length > 0) process.exitCode = 1
  const rows = { payers: config.payers.length, pools: config.pools.length }
  if (json) return void process.stdout.write(`${JSON.stringify({ rows, problems }, null, 2)}\n`)
  const looked = `${rows.payers} payer rows and ${rows.pools} pools`
  const columns = [{ title: 'ROW' }, { title: 'FIELD' }, { title: 'WHAT' }]
  const lines =
    problems.length === 0
      ? [`${looked}: nothing is wrong.`]
      : [
          ...textTable(
            columns,
            problems.map(({ where, field, problem }) => [where, field, problem]),
            {
              ...terminal(),
              width: Number.POSITIVE_INFINITY, // a reason that is cut is no reason
            },
          ),
          '',
          `${looked}: ${problems.length} problems.`,
        ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
