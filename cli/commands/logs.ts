import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { Command } from 'commander'
import { type AwsOptions, clientOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { stackResources } from '#cli/aws/stack-resources'
import { findJob } from '#cli/jobs/find-job'
import { type FunctionLine, functionLines } from '#cli/jobs/function-lines'
import { jobStory } from '#cli/jobs/job-story'
import { type RunLog, runLogs } from '#cli/jobs/run-logs'
import { readableTime } from '#cli/screen/readable-time'

const ending = `
Examples:
  $ mayfly logs sunrise-health/claims/week-31.837
  $ mayfly logs 3f9c01d2 --json | jq -r '.runs[-1].text'

First what each instance left of its run (its log, else its console), then what the functions said of the job. The log
of a run holds whatever the processor wrote: treat it like the file.`

export const register = (program: Command) =>
  program
    .command('logs')
    .description('what the instances and the functions have written on a file')
    .argument('<job|key>', 'a job id, its beginning, or a key of the landing bucket')
    .addHelpText('after', ending)
    .action(async (name: string, _options, command: Command) => logs(name, command.optsWithGlobals<AwsOptions>()))

const logs = (name: string, options: AwsOptions) =>
  withStack(options, async (stack) => {
    const { job } = await jobStory(stack, await findJob(stack, name))
    const runs = await runLogs(stack, job)
    const client = await clientOptions(options)
    const cloudwatch = new CloudWatchLogsClient(client)
    try {
      const groups = await stackResources(client, 'AWS::Logs::LogGroup')
      const lines = await functionLines(cloudwatch, groups, job)
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ job: job.jobId, runs, functions: lines }, null, 2)}\n`
          : `${[...runs.flatMap(ofRun), ...ofFunctions(lines)].join('\n')}\n`,
      )
    } finally {
      cloudwatch.destroy()
    }
  })

const printable = (text: string): string => text.replace(/[^\P{C}\n\t]/gu, '?')

const ofRun = ({ round, attempt, state, instanceId, bucket, key, text }: RunLog): string[] => [
  `Round ${round}, attempt ${attempt}: ${instanceId ?? 'no instance'}, ${state}`,
  ...(key === undefined || text === undefined
    ? ['  no log: it has not ended, or died before it could leave one']
    : [
        `  s3://${bucket}/${key}`,
        ...printable(text)
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`),
      ]),
  '',
]

const ofFunctions = (lines: readonly FunctionLine[]): string[] =>
  lines.length === 0
    ? ['The functions logged nothing on this job.']
    : [
        'Functions',
        ...lines.map(({ at, step, level, sentence, facts }) =>
          printable(`  ${readableTime(at)}  ${step.padEnd(8)} ${level.padEnd(5)} ${sentence} ${JSON.stringify(facts)}`),
        ),
      ]
