import { type Command, InvalidArgumentError } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { type Held, heldInFiles, heldInStack, journalOfFiles, journalOfStack } from '#cli/queues/read-journal'
import { type Difference, type ReplayReport, replayJournal } from '#cli/queues/replay-journal'

type ReplayOptions = AwsOptions & { readonly from?: number; readonly to?: number }

const ending = `
Examples:
  $ mayfly replay                          all of the journal in the results bucket
  $ mayfly replay --from 120 --to 140      the decisions with these numbers
  $ mayfly replay journal/*.json           transcripts that were copied from there, without AWS
  $ mayfly replay --json | jq '.different[0]'

The local AWS keeps a journal; on AWS it is switched on by \`cdk deploy --context journal=true\`.
Exit codes: 0 every decision came out the same, 1 one did not, 2 there is no journal, or an error.`

export const register = (program: Command) =>
  program
    .command('replay')
    .description('decide again what the scheduler decided, by the rules as they are here, and compare')
    .argument('[file...]', 'transcripts, instead of those in the results bucket')
    .option('--from <number>', 'the first decision', whole)
    .option('--to <number>', 'the last decision', whole)
    .addHelpText('after', ending)
    .action(async (files: string[], _options, command: Command) =>
      replay(files, command.optsWithGlobals<ReplayOptions>()),
    )

const whole = (text: string): number => {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It should be the number of a decision, such as 120.')
}

const replay = async (files: readonly string[], options: ReplayOptions) => {
  const { from, to, json } = options
  if (from !== undefined && to !== undefined && from > to)
    throw new Error(`--from ${from} comes after --to ${to}; it should not be the greater one`)
  const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  const { report, held } =
    files.length > 0
      ? await replayed(replayJournal(journalOfFiles(files), range), () => heldInFiles(files))
      : await withStack(options, (stack) =>
          replayed(replayJournal(journalOfStack(stack, range), range), () => heldInStack(stack)),
        )
  process.exitCode = report.decisions === 0 ? 2 : report.different.length > 0 ? 1 : 0
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  else if (report.decisions > 0) process.stdout.write(described(report))
  if (report.decisions === 0) process.stderr.write(`mayfly: ${nothing(range, held)}\n`)
}

/** With what the journal holds, where nothing of it was wanted. */
const replayed = async (replaying: Promise<ReplayReport>, holds: () => Promise<Held | undefined>) => {
  const report = await replaying
  return { report, held: report.decisions === 0 ? await holds() : undefined }
}

const nothing = ({ from, to }: Pick<ReplayOptions, 'from' | 'to'>, held: Held | undefined): string => {
  if (!held) return 'No journal: there is no decision to replay (is it on? see `mayfly replay --help`)'
  const wanted = [...(from === undefined ? [] : [`from ${from}`]), ...(to === undefined ? [] : [`to ${to}`])].join(' ')
  return `No decision ${wanted}: the journal holds ${held.first} to ${held.last}`
}

/** More of them say little more. */
const SHOWN = 20

const described = ({ decisions, different, missing }: ReplayReport): string => {
  const shown = different.slice(0, SHOWN).map(told)
  const more = different.length > SHOWN ? [`… and ${different.length - SHOWN} more (--json has all)`] : []
  const gaps = missing.map(([first, last]) => `Decisions ${first} to ${last} are not in the journal.`)
  const verdict = `${decisions} decisions: ${decisions - different.length} the same, ${different.length} different.`
  return `${[...shown, ...more, ...gaps, verdict].join('\n')}\n`
}

const told = ({ where, seq, at, messages, difference }: Difference): string =>
  seq === undefined
    ? `${where}: ${difference}`
    : `Decision ${seq} of ${at} on ${messages?.join(', ')} (${where})\n  ${difference}`
