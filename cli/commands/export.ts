import { writeFile } from 'node:fs/promises'
import { Argument, type Command, Option } from 'commander'
import { allAttempts } from '#cli/all-attempts'
import type { AwsOptions } from '#cli/aws-options'
import { csvText } from '#cli/csv-text'
import { JobRow } from '#cli/job-row'
import { liveJobs } from '#cli/live-jobs'
import { type OpenStack, withStack } from '#cli/open-stack'

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

CSV has a header, and an apostrophe before text that a spreadsheet would read as a formula. --json is --format jsonl.`

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

const write = (what: Kind, options: ExportOptions) =>
  withStack(options, async (stack) => {
    const { columns, rows } = await (what === 'jobs' ? jobs(stack, options) : attempts(stack, options))
    const asLines = (options.format ?? (options.json ? 'jsonl' : 'csv')) === 'jsonl'
    const text = asLines ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : csvText(columns, rows)
    if (options.out === undefined) return void process.stdout.write(text)
    await writeFile(options.out, text)
    process.stderr.write(`${rows.length} ${what} in ${options.out}\n`)
  })

const jobs = async (stack: OpenStack, { payer }: ExportOptions) => {
  const rows = (await liveJobs(stack)).filter(({ payerId }) => (payer ?? payerId) === payerId)
  return { columns: Object.keys(JobRow.shape), rows }
}

const attempts = async (stack: OpenStack, { payer }: ExportOptions) => {
  const all = await allAttempts(stack)
  const columns = [
    ...['jobId', 'round', 'attempt', 'turn', 'state', 'instanceId', 'instanceType', 'market', 'subnet', 'processor'],
    ...['diskGiB', 'openedAt', 'launchedAt', 'spotNoticeAt', 'closedAt', 'error', 'because'],
  ]
  if (payer === undefined) return { columns, rows: all }
  const own = new Set((await jobs(stack, { payer })).rows.map(({ jobId }) => jobId))
  return { columns, rows: all.filter(({ jobId }) => own.has(jobId)) }
}
