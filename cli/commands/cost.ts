import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { scanJobs } from '#cli/jobs/live-jobs'
import { type Spending, spendingOf } from '#cli/money/spending'
import { spendingTable } from '#cli/money/spending-table'
import { readableUsd } from '#cli/screen/readable-usd'
import { terminal } from '#cli/screen/terminal'
import { prices } from '#config/prices'

type CostOptions = AwsOptions & { readonly payer?: string }

const ending = `
Examples:
  $ mayfly cost
  $ mayfly cost --payer sunrise-health
  $ mayfly cost --json | jq '[.[].costUsd] | add'

Instances and their disks at list prices, by the day (UTC) on which their jobs ended. Efficiency is useful ÷ billed seconds.`

export const register = (program: Command) =>
  program
    .command('cost')
    .description('what each payer’s instances cost, day by day, and how much of it was useful')
    .option('--payer <payer>', 'only this payer')
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => cost(command.optsWithGlobals<CostOptions>()))

const cost = (options: CostOptions) =>
  withStack(options, async (stack) => {
    const { payer, json } = options
    const jobs = (await scanJobs(stack)).filter(({ payerId }) => payer === undefined || payerId === payer)
    const found = spendingOf(jobs)
    process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : described(found))
  })

const described = (found: readonly Spending[]): string => {
  if (found.length === 0) return 'No job has ended that had an instance.\n'
  const total = found.reduce((sum, { costUsd }) => sum + costUsd, 0)
  const lines = [
    ...spendingTable(found, terminal()),
    '',
    `In all ${readableUsd(total)}, at list prices of ${prices.asOf}.`,
  ]
  return `${lines.join('\n')}\n`
}
