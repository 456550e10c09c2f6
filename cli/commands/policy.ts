import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { effectivePolicy } from '#cli/rows/effective-policy'
import { policyReport } from '#cli/rows/policy-report'
import { terminal } from '#cli/screen/terminal'

const ending = `
Examples:
  $ mayfly policy sunrise-health claims
  $ mayfly policy sunrise-health claims --json | jq '.fields[] | select(.field == "priority")'

Most specific first: payer/type, payer/*, */type, */*, then the default of the type.
Exit codes: 0 the files would be worked on by this, 1 payer or type is unknown or a row is not in force, 2 could not tell.`

export const register = (program: Command) =>
  program
    .command('policy')
    .description('what holds for the files of a payer and type, and which row each field comes from')
    .argument('<payer>')
    .argument('<type>')
    .addHelpText('after', ending)
    .action(async (payer: string, type: string, _options, command: Command) =>
      policy(payer, type, command.optsWithGlobals<AwsOptions>()),
    )

const policy = (payer: string, type: string, options: AwsOptions) =>
  withStack(options, async ({ sources }) => {
    const found = await effectivePolicy(sources, payer, type)
    const { knownPayer, knownType, notInForce } = found
    if (!knownPayer || !knownType || notInForce.length > 0) process.exitCode = 1
    process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : policyReport(found, terminal()))
  })
