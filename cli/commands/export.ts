import { Argument, type Command, Option } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { type OpenStack, withStack } from '#cli/aws/open-stack'
import { allAttempts } from '#cli/jobs/all-attempts'
import { jobSheet } from '#cli/jobs/job-sheet'
import { liveJobs } from '#cli/jobs/live-jobs'
import { csvText } from '#cli/screen/csv-text'
import { requireWritable } from '#cli/screen/require-writable'
import { writeTold } from '#cli/screen/write-told'

const kinds = ['jobs', 'attempts'] as const
type Kind = (typeof kinds)[number]
type ExportOptions = AwsOptions & {
  readonly format?: 'csv' | 'jsonl'
  readonly out?: string
  readonly payer?: string
}

const ending = `
Examples:
  $ mayfly export jobs > jobs.csv
  $ mayfly export attempts --format jsonl --out attempts.jsonl
  $ mayfly export jobs --payer sunrise-health --json | jq -s 'map(.costUsd // 0) | add'

CSV has a header, and an apostrophe before text that a spreadsheet would read as a formula; what
owners asked is one cell of it. --json is --format jsonl; with --out it says where the file is.`

export const register = (program: Command) =>
  program
    .command('export')
    .description('all jobs, or all attempts, as CSV or JSON lines')
    .addArgument(new Argument('<what>', 'which of them').choices(kinds))
    .addOption(new Option('--format <format>', 'csv, unless --json is given').choices(['csv', 'jsonl']))
    .option('--payer <payer>', 'only this payer')
    .option('--out <file>', 'write to this file, not to standard output')
    .addHelpText('after', ending)
    .action(async (what: Kind, _options, command: Command) => write(what, command.optsWithGlobals<ExportOptions>()))

const write = async (what: Kind, options: ExportOptions) => {
  if (options.out !== undefined) await requireWritable('--out', options.out)
  await withStack(options, async (stack) => {
    const { rows, sheet } = await (what === 'jobs' ? jobs(stack, options) : attempts(stack, options))
    const asLines = (options.format ?? (options.json ? 'jsonl' : 'csv')) === 'jsonl'
    const text = asLines ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : csvText(sheet.columns, sheet.rows)
    process.stdout.write(
      options.out === undefined ? text : await writeTold(options.out, text, { [what]: rows.length }, options),
    )
  })
}

const jobs = async (stack: OpenStack, { payer }: ExportOptions) => {
  const rows = (await liveJobs(stack)).filter(({ payerId }) => (payer ?? payerId) === payerId)
  return { rows, sheet: jobSheet(rows) }
}

const attempts = async (stack: OpenStack, { payer }: ExportOptions) => {
  const columns = [
    ...['jobId', 'round', 'attempt', 'turn', 'state', 'instanceId', 'instanceType', 'market', 'subnet', 'processor'],
    ...['diskGiB', 'openedAt', 'launchedAt', 'spotNoticeAt', 'closedAt', 'error', 'because'],
  ]
  const all = await allAttempts(stack)
  const own = payer === undefined ? undefined : new Set((await jobs(stack, { payer })).rows.map(({ jobId }) => jobId))
  const rows = all.filter(({ jobId }) => own === undefined || own.has(jobId))
  return { rows, sheet: { columns, rows } }
}
