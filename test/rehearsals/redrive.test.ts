import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { JobRow } from '#cli/jobs/job-row'
import { localClientOptions } from '#cli/processors/push-processors'
import { playbackOf } from '#cli/queues/playback'
import { redrive } from '#cli/queues/redrive'
import { environmentWithoutAws } from '#local/aws-environment'
import { runCommand } from '#local/run-command'
import { eventually } from '#test/support/eventually'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { aWaitingFile, waitingRow } from '#test/support/waiting-processor'

/** The scheduler is broken while fifty files land, and mended; what had died comes back by `mayfly redrive`. */
let stack: LocalStack
let sqs: SQSClient
beforeAll(async () => {
  stack = await startLocalStack()
  sqs = new SQSClient(localClientOptions(stack.local.env).other)
})
afterAll(async () => {
  sqs?.destroy()
  await stack?.stop()
})

const attributesOf = async (QueueUrl: string, ...AttributeNames: QueueAttributeName[]) =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes ?? {}
const cli = async (...args: string[]): Promise<unknown> => {
  const { awsCli: command, env } = stack.local
  const run = { command, args: [...args, '--output', 'json'], env: { ...environmentWithoutAws(), ...env } }
  return JSON.parse(await runCommand(run))
}

const Alarms = z.object({
  MetricAlarms: z.tuple([
    z.object({
      ...{ Namespace: z.literal('AWS/SQS'), MetricName: z.literal('ApproximateNumberOfMessagesVisible') },
      Dimensions: z.tuple([z.object({ Name: z.literal('QueueName'), Value: z.string() })]),
      ...{ Threshold: z.number(), ComparisonOperator: z.literal('GreaterThanOrEqualToThreshold') },
    }),
  ]),
})
/** The deployed alarm's own queue and threshold, and what CloudWatch would read there: the queue's own count. */
const theAlarm = async () => {
  const found = await cli('cloudwatch', 'describe-alarms', '--alarm-names', 'mayfly-facts-given-up')
  const [{ Dimensions, Threshold: threshold }] = Alarms.parse(found).MetricAlarms
  const { QueueUrl: url = 'none' } = await sqs.send(new GetQueueUrlCommand({ QueueName: Dimensions[0].Value }))
  const lying = async (): Promise<number> => {
    const { ApproximateNumberOfMessages } = await attributesOf(url, 'ApproximateNumberOfMessages')
    return Number(ApproximateNumberOfMessages)
  }
  return { url, threshold, lying }
}

/** On AWS a hundred receives, which takes minutes; a rehearsal has less patience. */
const receivesBeforeDeath = async (dead: string, maxReceiveCount: number): Promise<void> => {
  const { QueueArn } = await attributesOf(dead, 'QueueArn')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: stack.names.InboxUrl, Attributes: { RedrivePolicy } }))
}

const Functions = z.object({
  Functions: z.array(
    z.object({
      FunctionName: z.string(),
      Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
    }),
  ),
})
const theScheduler = async () => {
  const { Functions: all } = Functions.parse(await cli('lambda', 'list-functions'))
  const found = all.find(({ FunctionName }) => FunctionName.includes('stepsschedulefunction'))
  if (!found) throw new Error(`no function schedule among ${all.map(({ FunctionName }) => FunctionName).join(', ')}`)
  return { name: found.FunctionName, variables: found.Environment?.Variables ?? {} }
}
const setVariables = (name: string, Variables: Record<string, string>) =>
  cli(
    ...['lambda', 'update-function-configuration', '--function-name', name],
    ...['--environment', JSON.stringify({ Variables })],
  )

const payers = ['redriven', 'late-1', 'late-2', 'late-3', 'late-4']
const keysOf = (payer: string): string[] => [
  `${payer}/member/all.json`,
  ...Array.from({ length: 9 }, (_, n) => `${payer}/claims/c${n}.json`),
]
const isMember = ({ fileType }: Pick<JobRow, 'fileType'>): boolean => fileType === 'member'

describe('a scheduler that was broken while files landed', () => {
  it('has them all again after the redrive: a job each, once, members before claims', async () => {
    const { file, release } = await aWaitingFile(stack, 'redriven')
    // Nothing starts before the pool has a row.
    for (const payer of payers) await stack.aws.putPayerRow(waitingRow(payer, { pool: `of-${payer}`, graceSeconds: 0 }))
    await eventually(
      'the rows have been read',
      () => attributesOf(stack.names.InboxUrl, 'ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'),
      (counts) => Object.values(counts).every((count) => count === '0'),
    )
    const { name, variables } = await theScheduler()
    const alarm = await theAlarm()
    await receivesBeforeDeath(alarm.url, 3)
    await setVariables(name, { ...variables, SCHEDULE_TABLE: 'no-such-table' })

    const keys = payers.flatMap(keysOf)
    for (const key of keys) await stack.aws.copy(file, key)
    const dead = await eventually('every file’s event lies where the alarm looks', alarm.lying, (n) => n >= keys.length)
    expect(dead).toBeGreaterThanOrEqual(alarm.threshold)
    expect(await stack.jobs()).toEqual([])

    await setVariables(name, variables)
    await receivesBeforeDeath(alarm.url, 100)
    const playback = playbackOf(stack, sqs, stack.local.outputs)
    const done = await redrive('dead', playback, { landingBucket: stack.names.LandingBucket, now: Date.now() })
    expect(done.found).toBe(dead)

    const waiting = await eventually(
      'every file waits',
      stack.jobs,
      (jobs) => jobs.length >= keys.length && jobs.every(({ status }) => status === 'waiting'),
    )
    expect(waiting.map(({ key }) => key).sort()).toEqual([...keys].sort())
    for (const job of waiting)
      expect({ key: job.key, because: job.because }).toEqual({
        ...{ key: job.key, because: isMember(job) ? 'unknown-pool' : 'member-file-unfinished' },
      })
    const started = (await stack.aws.executions()).map((execution) => execution.name)
    expect(started.sort()).toEqual(waiting.map(({ execution }) => execution).sort())
    expect(await stack.aws.instances()).toEqual([])
    expect(await alarm.lying()).toBe(0)
    expect(alarm.threshold).toBeGreaterThan(0)

    await stack.aws.putPoolRow({ pool: 'of-redriven', maxVcpus: 6, maxInstances: 3 })
    const [memberKey = ''] = keysOf('redriven')
    await stack.job(memberKey, ({ status }) => status === 'running')
    expect((await stack.jobs()).filter(({ status }) => status !== 'waiting').map(({ key }) => key)).toEqual([memberKey])
    await release()
    const ended = await eventually(
      'all files of the payer have succeeded',
      async () => (await stack.jobs()).filter(({ payerId }) => payerId === 'redriven'),
      (jobs) => jobs.every(({ status }) => status === 'succeeded'),
    )
    const member = ended.find(isMember)
    for (const job of ended.filter((each) => !isMember(each))) {
      expect(Date.parse(job.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(member?.endedAt ?? ''))
      expect(job.ranAfter).toEqual({ member: member?.jobId })
    }
    const launched = (await stack.aws.instances()).map(({ tags }) => tags['job'])
    expect(launched.sort()).toEqual(ended.map(({ jobId }) => jobId).sort())
  })
})
