import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { pushProcessors } from '#cli/processors/push-processors'
import { terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'

const ending = `
Examples:
  $ mayfly processors push           all folders of config/processors
  $ mayfly processors push claims    one of them
  $ mayfly processors push --profile prod --region us-east-1

Files admitted from then on get the new code; a row of payer-priority can pin one by \`processor: name@<sha256>\`.`

export const register = (program: Command) => {
  const processors = program.command('processors').description('the programs that do the work on the instances')
  processors
    .command('push')
    .description('pack config/processors and upload what is new to the artifacts bucket')
    .argument('[name...]', 'only these')
    .addHelpText('after', ending)
    .exitOverride()
    .action(async (names: string[], _options, command: Command) => push(names, command.optsWithGlobals<AwsOptions>()))
}

const push = (names: readonly string[], options: AwsOptions) =>
  withStack(options, async ({ s3, names: { ArtifactsBucket: bucket } }) => {
    const pushed = await pushProcessors({ s3, bucket, names })
    if (options.json) return void process.stdout.write(`${JSON.stringify({ bucket, processors: pushed }, null, 2)}\n`)
    const columns = [
      { title: 'PROCESSOR' },
      { title: 'STATE' },
      { title: 'SIZE' },
      { title: 'SHA256', cut: 'end' as const },
    ]
    const rows = pushed.map(({ name, changed, bytes, sha256 }) => [
      name,
      changed ? ({ text: 'new', tone: 'good' } as const) : ({ text: 'unchanged', tone: 'quiet' } as const),
      `${Math.ceil(bytes / 1024)} KiB`,
      sha256,
    ])
    process.stdout.write(`${textTable(columns, rows, terminal()).join('\n')}\n`)
  })
