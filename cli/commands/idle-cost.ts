import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { type BillLine, type IdleBill, idleBill } from '#cli/money/idle-bill'
import { terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'
import { loadEnvironment } from '#config/environments/load-environment'
import { prices } from '#config/prices'
import { synthesiseForAws } from '#local/deploy'

type IdleOptions = AwsOptions & { readonly template?: string; readonly env?: string }

const ending = `
Examples:
  $ mayfly idle-cost                             of the template that cdk deploy would send
  $ mayfly idle-cost --env prod
  $ mayfly idle-cost --template cdk.out/Mayfly.template.json
  $ mayfly idle-cost --json | jq .monthlyUsd

A month without a file, at list prices of config/prices.json, free tier not counted. What is stored is not idle and not in it.`

export const register = (program: Command) =>
  program
    .command('idle-cost')
    .description('what the stack costs while nothing happens, line by line, computed from its template')
    .option('--env <name>', 'of this environment of config/environments')
    .option('--template <file>', 'a synthesised template (default: synthesised now, about 20 s)')
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => idleCost(command.optsWithGlobals<IdleOptions>()))

const synthesised = async (environment: string | undefined): Promise<unknown> => {
  if (environment !== undefined) loadEnvironment(environment) // from inside the CDK it would be told with a stack trace
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-idle-'))
  try {
    return JSON.parse(await readFile(join(await synthesiseForAws(folder, environment), 'Mayfly.template.json'), 'utf8'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const read = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(
      `${file} is no template as JSON, such as cdk synth writes: ${error instanceof Error ? error.message : error}`,
    )
  }
}

const idleCost = async ({ template, env, json }: IdleOptions) => {
  const found = template === undefined ? await synthesised(env) : await read(template)
  const bill = idleBill(found, prices)
  process.stdout.write(json ? `${JSON.stringify(bill, null, 2)}\n` : described(bill))
}

const usd = (amount: number): string => `$${amount.toFixed(4)}`
const columns = [
  { title: 'WHAT' },
  { title: 'UNITS', leaves: 1 },
  { title: 'A MONTH' },
  { title: 'BASIS', cut: 'end' as const },
]
const table = (lines: readonly BillLine[]): string[] =>
  textTable(
    columns,
    lines.map(({ what, units, usd: amount, basis, freeTier, unverified }) => [
      ...[what, String(units), usd(amount)],
      [basis, freeTier && 'free tier', unverified && 'price not read from AWS'].filter(Boolean).join('; '),
    ]),
    terminal(),
  )

const described = ({ lines, monthlyUsd, afterFreeTierUsd, apart, apartUsd }: IdleBill): string => {
  const text = [
    ...[...table(lines), '', `Idle: ${usd(monthlyUsd)} a month at list prices of ${prices.asOf}, ${prices.region}.`],
    `What is marked "free tier" is covered by it in an account that has not used it up; then ${usd(afterFreeTierUsd)}.`,
    ...(apart.length > 0 ? ['', 'Apart from it:', ...table(apart), '', `In all ${usd(apartUsd)}.`] : []),
  ]
  return `${text.join('\n')}\n`
}
