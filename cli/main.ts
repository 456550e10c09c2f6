import { inspect } from 'node:util'
import { Command, CommanderError } from 'commander'
import { addAwsOptions } from '#cli/aws/aws-options'
import { commands } from '#cli/commands'
import { READER_GONE, watchReader } from '#cli/screen/reader'
import packageJson from '../package.json' with { type: 'json' }

const ending = `
Examples:
  $ mayfly up                                  the whole system on this machine, until Ctrl-C
  $ mayfly status                              what runs and what waits, in another shell
  $ mayfly explain sunrise/claims/week-31.x12  why a file is not running, and what would let it go
  $ mayfly status --profile prod --region us-east-1

Without --endpoint-url, --profile, --region or AWS_ENDPOINT_URL, a command talks to the local AWS that \`mayfly up\` (without --state-dir) holds up.

Exit codes:
  0  done, and every rule held
  1  a rule did not hold, or a file is unsound
  2  could not tell: wrong usage, nothing to talk to, or an error (MAYFLY_DEBUG=1 shows where)
  141  whoever read the output has had enough, such as head`

/** The exit code of a command line; everything a person needs to read has been written by then. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const reader = watchReader()
  const program = new Command('mayfly')
    .description(packageJson.description)
    .version(packageJson.version)
    .showSuggestionAfterError()
    .addHelpText('after', ending)
    .exitOverride()
  addAwsOptions(program)
  for (const register of commands) register(program)
  // A subcommand has its own way out unless told otherwise.
  for (const command of program.commands) command.exitOverride().showSuggestionAfterError()
  try {
    await program.parseAsync(argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (reader.gone) return READER_GONE // nobody would read why
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2 // it has written its own message
    process.stderr.write(`mayfly: ${explained(error)}\n`)
    return 2
  }
}

const explained = (error: unknown) => {
  if (!(error instanceof Error)) return String(error)
  // With the error that it rests on.
  return process.env['MAYFLY_DEBUG'] === '1' ? inspect(error) : error.message || error.name
}
