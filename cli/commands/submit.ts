import { basename } from 'node:path'
import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { landingKey } from '#cli/owners/landing-key'
import { registeredJob } from '#cli/owners/registered-job'
import { partSize, submitFile } from '#cli/owners/submit-file'
import { type Source, sourceOf } from '#cli/owners/submit-source'
import { uploadProgress } from '#cli/owners/upload-progress'
import { seconds } from '#cli/screen/seconds'
import { terminal } from '#cli/screen/terminal'
import { jobIdOf } from '#domain/job-id'

type SubmitOptions = AwsOptions & {
  readonly payer: string
  readonly type: string
  readonly cycle?: string
  readonly name?: string
  readonly timeout: number
}

const ending = `
Examples:
  $ mayfly submit week-31.837 --payer sunrise-health --type claims
  $ mayfly submit s3://partner-drop/2026/members.834 --payer sunrise-health --type member --cycle 2026-11
  $ mayfly submit export.txt --payer sunrise-health --type claims --name week-31.837 --json | jq -r .job

The same name again is a newer version of the file, which takes the older one's place. In a terminal it shows how far it
is; a file of more than 16 MiB goes in parts, of which a lost one is sent again.
Exit codes: 0 the file has a job, 2 could not tell.`

export const register = (program: Command) =>
  program
    .command('submit')
    .description('put a payer file into the landing bucket and wait until it has a job')
    .argument('<file>', 'path of the file, or s3://<bucket>/<key>')
    .requiredOption('--payer <payer>', 'who sends it')
    .requiredOption('--type <type>', 'file type: member, claims, or one that the rows of the payer name')
    .option('--cycle <cycle>', 'the cycle that it belongs to')
    .option('--name <name>', 'file name in the landing bucket (default: that of the file)')
    .option('--timeout <seconds>', 'how long to wait for the job', seconds, 60)
    .addHelpText('after', ending)
    .action(async (file: string, _options, command: Command) => submit(file, command.optsWithGlobals<SubmitOptions>()))

const submit = async (file: string, { payer, type, cycle, name, timeout, ...options }: SubmitOptions) => {
  const key = landingKey({ payer, type, cycle, name: name ?? basename(file) })
  const source = await sourceOf(file)
  await withStack(options, async (stack) => {
    const progress = progressOf(source, options.json)
    const landed = await submitFile(stack, source, key, progress.show).finally(progress.end)
    const id = jobIdOf(landed)
    const job = await registeredJob(stack.sources.table, id, { deadline: Date.now() + timeout * 1000 })
    const { status, because, sentence } = job ?? {}
    if (!job) process.exitCode = 2
    if (options.json)
      process.stdout.write(`${JSON.stringify({ job: id, ...landed, status: status ?? null, because, sentence })}\n`)
    else if (job)
      process.stdout.write(`${id}  ${status}${because === undefined ? '' : ` (${because}: ${sentence ?? ''})`}\n`)
    if (!job)
      process.stderr.write(
        `${key} has landed (version ${landed.version}) but has no job after ${timeout} s; it will get one when S3's ` +
          `announcement is read. Look again with: mayfly explain ${id}\n`,
      )
  })
}

/** A line on standard error that is written over, where a person looks on and the file takes more than one request. */
const progressOf = (source: Source, json = false) => {
  const bytes = 'bytes' in source ? source.bytes : 0
  const shown = !json && bytes > partSize(bytes) && terminal(process.stderr).interactive
  const began = Date.now()
  return {
    show: (sent: number) => {
      if (shown) process.stderr.write(`\r\x1b[K${uploadProgress({ sent, bytes, millis: Date.now() - began })}`)
    },
    end: () => {
      if (shown) process.stderr.write('\n')
    },
  }
}
