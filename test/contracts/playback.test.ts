import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { playbackOf } from '#cli/queues/playback'
import { redrive } from '#cli/queues/redrive'
import { documentClient } from '#functions/aws-clients'
import { emulated } from '#test/contracts/emulated'

let emulator: Awaited<ReturnType<typeof emulated>>
let sqs: SQSClient
beforeAll(async () => {
  emulator = await emulated()
  sqs = new SQSClient(emulator.config)
})
afterAll(async () => {
  sqs.destroy()
  await emulator.stop()
})

const queue = async (name: string, Attributes: Record<string, string> = {}) => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })
  return { url: QueueUrl, arn: (await sqs.send(asked)).Attributes?.['QueueArn'] ?? '' }
}

it('messages come back from the dead-letter queue in the order of their groups, and leave it', async () => {
  const dead = await queue('dead.fifo', { FifoQueue: 'true' })
  const plain = await queue('others')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 100 })
  const inbox = await queue('inbox.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true', RedrivePolicy })
  const given = [
    ...['a', 'b', 'c'].map((body) => ({ body, group: 'landed' })),
    ...Array.from({ length: 12 }, (_each, n) => ({ body: `fact ${n}`, group: 'facts' })),
  ]
  for (const { body, group } of given) {
    const message = { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: body }
    await sqs.send(new SendMessageCommand({ QueueUrl: dead.url, ...message }))
    // The inbox has seen the same bodies less than five minutes ago: they must come back all the same.
    await sqs.send(new SendMessageCommand({ QueueUrl: inbox.url, MessageBody: body, MessageGroupId: 'earlier' }))
  }

  const names = { PayerPriorityTable: '', CapacityPoolsTable: '' }
  const urls = { InboxUrl: inbox.url, DeadQueueUrl: dead.url }
  const others = { UndeliveredQueueUrl: plain.url, UnreadEditsQueueUrl: plain.url, FailedRunsQueueUrl: plain.url }
  const stack = { db: documentClient(emulator.config), names }
  const playback = playbackOf(stack, sqs, { ...urls, ...others })
  expect(await redrive('dead', playback, { landingBucket: 'landing', now: 0 })).toMatchObject({
    found: 15,
    playedBack: 15,
  })
  expect(await playback.count('dead')).toBe(0)

  const back: Record<string, string[]> = {}
  for (;;) {
    const asked = { QueueUrl: inbox.url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ ...asked, MessageSystemAttributeNames: ['MessageGroupId'] }),
    )
    if (Messages.length === 0) break
    for (const { Body = '', Attributes, ReceiptHandle = '' } of Messages) {
      const group = Attributes?.MessageGroupId ?? ''
      back[group] = [...(back[group] ?? []), Body]
      await sqs.send(new DeleteMessageCommand({ QueueUrl: inbox.url, ReceiptHandle }))
    }
  }
  expect(back['landed']).toEqual(['a', 'b', 'c'])
  expect(back['facts']).toEqual(Array.from({ length: 12 }, (_each, n) => `fact ${n}`))
})
