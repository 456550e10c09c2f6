import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  SQSServiceException,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { paginateScan } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { DeadLetterQueue, Letter, Playback } from '#cli/queues/redrive'
import type { RowTables } from '#cli/rows/put-rows'

const Urls = z.object({
  InboxUrl: z.string(),
  DeadQueueUrl: z.string(),
  UndeliveredQueueUrl: z.string(),
  UnreadEditsQueueUrl: z.string(),
  FailedRunsQueueUrl: z.string(),
})

/** Hidden from others while it is played back; seconds. */
const HIDDEN = 60

/** Playing back on SQS and on the tables of a stack. @throws when the stack has no such outputs. */
export const playbackOf = (
  { db, names }: RowTables,
  sqs: SQSClient,
  outputs: Readonly<Record<string, string>>,
): Playback => {
  const found = Urls.safeParse(outputs)
  if (!found.success)
    throw new Error('The stack Mayfly does not say where its dead-letter queues are; deploy this version of it again')
  const { InboxUrl, DeadQueueUrl, UndeliveredQueueUrl, UnreadEditsQueueUrl, FailedRunsQueueUrl } = found.data
  const urls: Readonly<Record<DeadLetterQueue, string>> = {
    dead: DeadQueueUrl,
    undelivered: UndeliveredQueueUrl,
    'unread-edits': UnreadEditsQueueUrl,
    'failed-runs': FailedRunsQueueUrl,
  }
  const attribute = async <N extends 'ApproximateNumberOfMessages' | 'QueueArn'>(queue: DeadLetterQueue, name: N) => {
    const asked = new GetQueueAttributesCommand({ QueueUrl: urls[queue], AttributeNames: [name] })
    return (await sqs.send(asked)).Attributes?.[name] ?? ''
  }
  return {
    count: async (queue) => Number(await attribute(queue, 'ApproximateNumberOfMessages')),
    async receive(queue) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urls[queue],
          MaxNumberOfMessages: 10,
          VisibilityTimeout: HIDDEN,
          WaitTimeSeconds: 1, // without it SQS asks a few of its servers only, and may find nothing
          MessageSystemAttributeNames: ['MessageGroupId'],
          MessageAttributeNames: ['TARGET_ARN'],
        }),
      )
      return Messages.map(
        ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes }): Letter => ({
          id: MessageId,
          body: Body,
          group: Attributes?.MessageGroupId,
          target: MessageAttributes?.['TARGET_ARN']?.StringValue ?? '',
          receipt: ReceiptHandle,
        }),
      )
    },
    async remove(queue, ReceiptHandle) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: urls[queue], ReceiptHandle }))
    },
    async send({ group, body, id }) {
      const message = { MessageGroupId: group, MessageBody: body, MessageDeduplicationId: id }
      await sqs.send(new SendMessageCommand({ QueueUrl: InboxUrl, ...message }))
    },
    async moveBack(queue) {
      try {
        await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: await attribute(queue, 'QueueArn') }))
        return true
      } catch (error) {
        if (error instanceof SQSServiceException && isUnknown(error)) return false
        throw error
      }
    },
    async edits() {
      const rows: Record<string, string>[] = []
      for await (const { Items = [] } of paginateScan({ client: db }, { TableName: names.PayerPriorityTable }))
        rows.push(...Items.map((row) => ({ kind: 'row-edited', ...RowKey.parse(row) })))
      for await (const { Items = [] } of paginateScan({ client: db }, { TableName: names.CapacityPoolsTable }))
        rows.push(...Items.map((row) => ({ kind: 'pool-edited', ...PoolKey.parse(row) })))
      return rows
    },
  }
}

const RowKey = z.object({ payerId: z.string(), fileType: z.string() })
const PoolKey = z.object({ pool: z.string() })

/** An emulator that does not have the operation; AWS has. */
const isUnknown = ({ name }: SQSServiceException): boolean =>
  [
    'InvalidAction',
    'UnknownOperationException',
    'UnsupportedOperation',
    'AWS.SimpleQueueService.UnsupportedOperation',
  ].includes(name)
