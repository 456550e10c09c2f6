import { spawn } from 'node:child_process'
import type { Command } from 'commander'
import { type AwsOptions, clientOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { stackOutputs } from '#cli/aws/stack-outputs'
import { executionArn, executionUrl } from '#cli/jobs/execution-url'
import { findJob } from '#cli/jobs/find-job'
import { jobStory } from '#cli/jobs/job-story'
import { terminal } from '#cli/screen/terminal'

type OpenOptions = AwsOptions & { readonly print?: boolean }

const ending = `
Examples:
  $ mayfly open sunrise-health/claims/week-31.837   in the browser, where there is a screen
  $ mayfly open 3f9c01d2 --print                    only the address
  $ mayfly open 3f9c01d2 --json | jq -r .executionArn

An emulator has no console: then the command that shows the execution's history is printed.`

export const register = (program: Command) =>
  program
    .command('open')
    .description('show the Step Functions execution of a file in the AWS console')
    .argument('<job|key>', 'a job id, its beginning, or a key of the landing bucket')
    .option('--print', 'print the address, open nothing')
    .addHelpText('after', ending)
    .action(async (name: string, _options, command: Command) => open(name, command.optsWithGlobals<OpenOptions>()))

const open = (name: string, options: OpenOptions) =>
  withStack(options, async (stack) => {
    const { job, because, sentence } = await jobStory(stack, await findJob(stack, name))
    if (job.execution === undefined)
      throw new Error(
        `${job.key} has no execution: it is held as ${because} (${sentence}), and starts one when that ends`,
      )
    const client = await clientOptions(options)
    const arn = executionArn((await stackOutputs(client))['StateMachineArn'] ?? '', job.execution)
    const endpoint = client.endpoint ?? process.env['AWS_ENDPOINT_URL']
    const url = endpoint === undefined ? executionUrl(arn) : undefined
    const command = `aws stepfunctions get-execution-history --execution-arn ${arn}${endpoint ? ` --endpoint-url ${endpoint}` : ''}`
    if (options.json)
      return void process.stdout.write(
        `${JSON.stringify({ job: job.jobId, executionArn: arn, url, endpoint, command })}\n`,
      )
    process.stdout.write(`${url ?? command}\n`)
    if (url !== undefined && !options.print && terminal().interactive) show(url)
  })

/** The address stands in the terminal already: where nothing can show it, nothing is lost. */
const show = (url: string): void => {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
  spawn(program, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}
