import type { Command } from 'commander'
import { type AwsOptions, clientOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { laneActsOf } from '#cli/jobs/lane-acts-of'
import { liveJobs } from '#cli/jobs/live-jobs'
import { reportPage } from '#cli/report/page'
import { requireWritable } from '#cli/screen/require-writable'
import { writeTold } from '#cli/screen/write-told'

type ReportOptions = AwsOptions & { readonly payer?: string; readonly out: string }

const ending = `
Examples:
  $ mayfly report                                      mayfly-report.html in this folder
  $ mayfly report --payer sunrise-health --out /tmp/sunrise.html

One file without requests to anybody: filter, search, charts, the proof of order, the cost per payer. It holds keys of
files, reasons and times, never contents. What is filtered stands in the address: report.html#status=failed.`

export const register = (program: Command) =>
  program
    .command('report')
    .description('one self-contained HTML file on all files, to attach to a ticket')
    .option('--payer <payer>', 'only this payer')
    .option('--out <file>', 'where to write it', 'mayfly-report.html')
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => report(command.optsWithGlobals<ReportOptions>()))

const report = async (options: ReportOptions) => {
  await requireWritable('--out', options.out)
  await withStack(options, async (stack) => {
    const now = Date.now()
    const { payer } = options
    const jobs = (await liveJobs(stack, now)).filter(({ payerId }) => (payer ?? payerId) === payerId)
    const laneActs = await laneActsOf(stack.sources, jobs, now)
    const { endpoint, region } = await clientOptions(options)
    const where = `${stack.names.LandingBucket}${endpoint ? ` at ${endpoint}` : region ? ` in ${region}` : ''}`
    const text = await reportPage({ jobs, laneActs, where, now })
    process.stdout.write(await writeTold(options.out, text, { files: jobs.length }, options))
  })
}
