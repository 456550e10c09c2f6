import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { type StoppedLocal, stopLocal } from '#cli/up/stop-local'
import { defaultStateFolder } from '#local/endpoints-file'

type DownOptions = AwsOptions & { readonly stateDir: string }

const ending = `
Examples:
  $ mayfly down
  $ mayfly down --state-dir /tmp/second   the one that was started with this folder

Files, rows and results of the local AWS go with it. Nothing on AWS is touched.
Exit codes: 0 nothing of it runs any more (also when nothing did), 2 could not tell.`

export const register = (program: Command) =>
  program
    .command('down')
    .description('end the local AWS that `mayfly up` or the demo started, instances included')
    .option('--state-dir <folder>', 'where its state is', defaultStateFolder)
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => {
      const { stateDir, json } = command.optsWithGlobals<DownOptions>()
      const stopped = await stopLocal(resolve(stateDir), (line) => process.stderr.write(`${line}\n`))
      process.stdout.write(json ? `${JSON.stringify(stopped)}\n` : `${told(stopped)}\n`)
    })

const told = ({ found, pid }: StoppedLocal): string =>
  found === 'nothing'
    ? 'Nothing was up.'
    : found === 'running'
      ? `Stopped (process ${pid}).`
      : `Process ${pid} had crashed; what it left is gone.`
