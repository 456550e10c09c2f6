import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { ClientOptions } from '#cli/aws/aws-options'
import { PayerFileDone } from '#domain/payer-file-done'

const Heard = z.object({
  source: z.literal('mayfly'),
  'detail-type': z.literal('Payer File Done'),
  detail: PayerFileDone,
})

/** A team downstream, as docs/downstream.md tells them: a queue of their own behind a rule of their own. */
export const subscribe = async (config: ClientOptions) => {
  const [events, sqs] = [new EventBridgeClient(config), new SQSClient(config)]
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'a-team-downstream' }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const EventPattern = JSON.stringify({ source: ['mayfly'], 'detail-type': ['Payer File Done'] })
  await events.send(new PutRuleCommand({ Name: 'files-that-are-done', EventPattern }))
  const target = { Id: 'queue', Arn: Attributes?.['QueueArn'] ?? '' }
  await events.send(new PutTargetsCommand({ Rule: 'files-that-are-done', Targets: [target] }))

  const all: PayerFileDone[] = []
  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    const Entries = Messages.map(({ ReceiptHandle = '' }, n) => ({ Id: String(n), ReceiptHandle }))
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    return Messages
  }
  return {
    /** What was heard so far, in any order, perhaps twice. */
    heard: async (): Promise<PayerFileDone[]> => {
      for (let found = await receive(); found.length > 0; found = await receive())
        all.push(...found.map(({ Body = '' }) => Heard.parse(JSON.parse(Body)).detail))
      return all
    },
    close: () => [events, sqs].forEach((client) => void client.destroy()),
  }
}
export type Subscriber = Awaited<ReturnType<typeof subscribe>>
