import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws-options'
import { type EffectivePolicy, effectivePolicy } from '#cli/effective-policy'
import { withStack } from '#cli/open-stack'
import { type Terminal, terminal } from '#cli/terminal'
import { textTable } from '#cli/text-table'

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
    process.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : described(found, terminal()))
  })

const described = (
  { payerId, fileType, knownPayer, knownType, fields, notInForce }: EffectivePolicy,
  shown: Terminal,
) => {
  const table = textTable(
    [{ title: 'FIELD' }, { title: 'VALUE', cut: 'end' }, { title: 'FROM' }],
    fields.map(({ field, value, from }) => [
      field,
      typeof value === 'string' ? value : JSON.stringify(value),
      from.startsWith('default') ? { text: from, tone: 'quiet' as const } : from,
    ]),
    shown,
  )
  const notes = [
    ...(knownPayer ? [] : [`No row names payer ${payerId}: its files are held (unknown-payer) until one does.`]),
    ...(knownType ? [] : [`No row names type ${fileType}: its files are held (unknown-type) until one does.`]),
    ...notInForce.map(({ row, problem }) => `Row ${row} is not in force as it stands: ${problem}`),
  ]
  return `${[...table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')}\n`
}
