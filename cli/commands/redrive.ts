import { SQSClient } from '@aws-sdk/client-sqs'
import { Argument, type Command } from 'commander'
import { type AwsOptions, clientOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { stackOutputs } from '#cli/aws/stack-outputs'
import { playbackOf } from '#cli/queues/playback'
import { type DeadLetterQueue, deadLetterQueues, type Redriven, redrive } from '#cli/queues/redrive'
import { terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'

const ending = `
Examples:
  $ mayfly redrive                 all dead-letter queues of the stack, after the cause is mended
  $ mayfly redrive dead            only the messages that the scheduler could not acknowledge
  $ mayfly redrive --json | jq '.[] | select(.found > 0)'

What arrives twice changes nothing: a file has one job, and a job one end.
Exit codes: 0 done (also when there was nothing), 2 could not tell.`

export const register = (program: Command) =>
  program
    .command('redrive')
    .description('play back what lies in the dead-letter queues, once its cause is mended')
    .addArgument(new Argument('[queue...]', 'only these').choices(deadLetterQueues))
    .addHelpText('after', ending)
    .action(async (queues: DeadLetterQueue[], _options, command: Command) =>
      play(queues.length > 0 ? queues : deadLetterQueues, command.optsWithGlobals<AwsOptions>()),
    )

const play = (queues: readonly DeadLetterQueue[], options: AwsOptions) =>
  withStack(options, async (stack) => {
    const client = await clientOptions(options)
    const sqs = new SQSClient(client)
    try {
      const playback = playbackOf(stack, sqs, await stackOutputs(client))
      const done: Redriven[] = []
      const given = { landingBucket: stack.names.LandingBucket, now: Date.now() }
      for (const queue of queues) done.push(await redrive(queue, playback, given))
      process.stdout.write(options.json ? `${JSON.stringify(done, null, 2)}\n` : described(done))
    } finally {
      sqs.destroy()
    }
  })

const columns = ['QUEUE', 'FOUND', 'PLAYED BACK', 'DROPPED', 'BY'].map((title) => ({ title }))

const described = (done: readonly Redriven[]): string => {
  const rows = done.map(({ queue, found, playedBack, dropped, by }) => [
    ...[queue, String(found), String(playedBack), String(dropped)],
    found === 0 ? '' : by === 'sqs' ? 'SQS, in the background' : 'this command',
  ])
  return `${textTable(columns, rows, terminal()).join('\n')}\n`
}
