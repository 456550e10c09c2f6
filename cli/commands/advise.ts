import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { scanJobs } from '#cli/jobs/live-jobs'
import { adviceTable } from '#cli/money/advice-table'
import { recordedRuns } from '#cli/money/recorded-runs'
import { terminal } from '#cli/screen/terminal'
import { prices } from '#config/prices'
import { type Advice, adviseOn } from '#domain/advise'

type AdviseOptions = AwsOptions & { readonly payer?: string; readonly type?: string }

const ending = `
Examples:
  $ mayfly advise
  $ mayfly advise --payer sunrise-health --type claims
  $ mayfly advise --json | jq '.[] | select(.advice == "smaller" and (.few | not))'

The cheapest type of the same architecture that would have held the largest peak of memory (a quarter more, and the system's
500 MiB) and of CPU (a quarter more). Memory is a limit; a type that is only slow is kept. Change instanceTypes in the row.`

export const register = (program: Command) =>
  program
    .command('advise')
    .description('which instance type would have been enough, by what the files that succeeded took')
    .option('--payer <payer>', 'only this payer')
    .option('--type <type>', 'only this file type')
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => advise(command.optsWithGlobals<AdviseOptions>()))

const advise = (options: AdviseOptions) =>
  withStack(options, async (stack) => {
    const { payer, type, json } = options
    const jobs = (await scanJobs(stack)).filter(
      ({ payerId, fileType }) => (payer ?? payerId) === payerId && (type ?? fileType) === fileType,
    )
    const found = adviseOn(recordedRuns(jobs), prices)
    process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : described(found))
  })

const described = (found: readonly Advice[]): string =>
  found.length === 0
    ? 'No job has succeeded yet that told what it took.\n'
    : `${adviceTable(found, terminal()).join('\n')}\n`
