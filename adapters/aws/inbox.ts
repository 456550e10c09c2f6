import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Inbox } from '#domain/ports/inbox'

/** The FIFO queue, with deduplication by content. */
export const inbox = (sqs: SQSClient, queueUrl: string): Inbox => ({
  async send(group, body) {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageGroupId: group, MessageBody: body }))
  },
  async retryIn(seconds, receiptHandles) {
    const Entries = receiptHandles.map((ReceiptHandle, i) => ({
      Id: String(i),
      ReceiptHandle,
      VisibilityTimeout: seconds,
    }))
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }))
  },
})
