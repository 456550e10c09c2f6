import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { findJob } from '#cli/jobs/find-job'
import { askScheduler, type OwnerRequest, type SchedulerAnswer } from '#cli/owners/ask-scheduler'
import { machineUser, ownerRequest, parseLane } from '#cli/owners/owner-request'
import { readableTime } from '#cli/screen/readable-time'
import { seconds } from '#cli/screen/seconds'

type Action = OwnerRequest['action']
type RequestOptions = AwsOptions & {
  readonly why: string
  readonly who?: string
  readonly id?: string
  readonly lane?: string
  readonly timeout: number
}

/** What owners may ask, of a file, of a lane, or of either. */
const requests: readonly { action: Action; of: 'file' | 'lane' | 'either'; description: string }[] = [
  { action: 'retry', of: 'file', description: 'a failed or rejected file starts a new round, in its old place' },
  { action: 'excuse', of: 'file', description: 'a failed or rejected file no longer keeps others waiting' },
  { action: 'waive', of: 'lane', description: 'what stands in a lane now ignores its gate' },
  { action: 'hold', of: 'either', description: 'a file, or a lane, does not start until it is resumed' },
  { action: 'resume', of: 'either', description: 'a file, or a lane, that was held may start again' },
  { action: 'withdraw', of: 'file', description: 'a file is taken back for good; at work, it is stopped first' },
  { action: 'stop', of: 'file', description: 'a file at work is stopped, and has then failed' },
]

const FILE = 'sunrise-health/claims/week-31.837'
const examples = (action: Action, of: 'file' | 'lane' | 'either') => `
Examples:
${of === 'lane' ? '' : `  $ mayfly ${action} ${FILE} --why 'asked by the payer'\n  $ mayfly ${action} 3f9c01d2 --why 'asked by the payer' --who ana\n`}${
  of === 'file'
    ? ''
    : `  $ mayfly ${action} --lane sunrise-health/claims --why 'asked by the payer'
  $ mayfly ${action} --lane sunrise-health/2026-11/claims --why '…'   where gates count by cycle\n`
}
Who and why are kept in the file's history, or with the lane that is held.
Exit codes: 0 done, 1 refused (the reason is printed), 2 could not tell.`

export const register = (program: Command) => {
  for (const { action, of, description } of requests) {
    const command = program.command(action).description(description)
    if (of !== 'lane')
      command.argument(
        of === 'file' ? '<job|key>' : '[job|key]',
        'a job id, its beginning, or a key of the landing bucket',
      )
    const lane = ['--lane <lane>', '<payer>/<type>, or <payer>/<cycle>/<type>'] as const
    if (of === 'lane') command.requiredOption(...lane)
    if (of === 'either') command.option(...lane)
    command
      .requiredOption('--why <text>', 'the reason, for whoever reads it later')
      .option('--who <name>', 'who asks (default: the user of this machine)')
      .option('--id <id>', 'of the request: asking again with the same id is asking once')
      .option('--timeout <seconds>', 'how long to wait for the answer', seconds, 30)
      .addHelpText('after', examples(action, of))
      .action(async (...given: readonly unknown[]) => {
        const name = typeof given[0] === 'string' ? given[0] : undefined
        await ask(action, name, command.optsWithGlobals<RequestOptions>())
      })
  }
}

const ask = async (action: Action, name: string | undefined, options: RequestOptions): Promise<void> => {
  if ((name === undefined) === (options.lane === undefined))
    throw new Error(
      `${action} takes a file or --lane <payer>/<type>, ${name === undefined ? 'and got neither' : 'not both'}`,
    )
  const lane = options.lane === undefined ? undefined : parseLane(options.lane)
  const who = options.who ?? machineUser()
  const { why, id, timeout, json } = options
  // Before anything is opened: what is wrong with the request is wrong without AWS too.
  const draft = ownerRequest({ action, who, why, id, ...(lane && { lane }) })
  await withStack(options, async (stack) => {
    const job = name === undefined ? undefined : (await findJob(stack, name)).job
    const request = { ...draft, ...(job !== undefined && { job }) }
    if (options.who === undefined) process.stderr.write(`Asking as ${who}, the user of this machine\n`)
    const { table } = stack.sources
    const answer = await askScheduler(request, { inbox: stack.inbox, table, timeoutMs: timeout * 1000 })
    const { kind: _kind, ...asked } = request
    process.exitCode = answer === undefined ? 2 : answer.done ? 0 : 1
    if (json)
      process.stdout.write(
        `${JSON.stringify({ ...asked, done: answer?.done ?? null, because: answer?.because ?? null })}\n`,
      )
    else if (answer)
      process.stdout.write(`${answer.done ? 'Done' : 'Refused'}: ${answer.because}${earlier(answer, request.id)}\n`)
    if (!answer)
      process.stderr.write(
        `No answer within ${timeout} s. The request stays in the inbox and is answered when the scheduler reads it; ` +
          `to look again, repeat the command with --id ${request.id}\n`,
      )
  })
}

const earlier = ({ before, at }: SchedulerAnswer, id: string): string =>
  before ? ` (answered at ${readableTime(at)}; request ${id} was not sent again)` : ''
