import { type Command, Option } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { jobChanges } from '#cli/jobs/job-changes'
import { jobTable } from '#cli/jobs/job-table'
import { jobsWithin } from '#cli/jobs/jobs-within'
import { liveJobs } from '#cli/jobs/live-jobs'
import { addWatchOption, type WatchOptions, watched } from '#cli/screen/watched'
import { Status } from '#domain/schedule/items/status'

type JobsOptions = AwsOptions & WatchOptions & { readonly payer?: string; readonly status?: string }

const ending = `
Examples:
  $ mayfly jobs
  $ mayfly jobs --payer sunrise-health --status waiting
  $ mayfly jobs --watch 5
  $ mayfly jobs --watch >> jobs.log   in a pipe or file: a line for each change
  $ mayfly jobs --json | jq -r '.[] | select(.status == "failed") | .key'`

export const register = (program: Command) =>
  addWatchOption(program.command('jobs'))
    .description('a row for each file version: what became of it, or why it waits')
    .option('--payer <payer>', 'only this payer')
    .addOption(new Option('--status <status>', 'only this status').choices(Status.options))
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => jobs(command.optsWithGlobals<JobsOptions>()))

const jobs = (options: JobsOptions) =>
  withStack(options, (stack) => {
    const { payer, status } = options
    const only = [payer && ` of ${payer}`, status && ` in status ${status}`].filter(Boolean).join('')
    const changes = jobChanges()
    return watched(options, async () => {
      const now = Date.now()
      const found = (await liveJobs(stack, now)).filter(
        (job) => (payer === undefined || job.payerId === payer) && (status === undefined || job.status === status),
      )
      return {
        value: found,
        lines: (shown) =>
          found.length === 0 ? [`No jobs${only}.`] : jobsWithin(found, shown, (some) => jobTable(some, shown, now)),
        changes: () => changes(found, now),
      }
    })
  })
