import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { localClientOptions } from '#cli/processors/push-processors'
import type { LocalAws } from '#local/local-aws'
import { eventually } from '#test/support/eventually'

const Landed = z.object({ detail: z.object({ object: z.object({ key: z.string(), 'version-id': z.string() }) }) })

/** Keeps a copy of every S3 event of the landing bucket, word for word, so that it can be delivered again. */
export const recordLandedEvents = async ({ env, outputs }: Pick<LocalAws, 'env' | 'outputs'>) => {
  const options = localClientOptions(env).other
  const [sqs, events] = [new SQSClient(options), new EventBridgeClient(options)]
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'recorded' }))
  const detail = { bucket: { name: [outputs['LandingBucket']] } }
  const EventPattern = JSON.stringify({ source: ['aws.s3'], 'detail-type': ['Object Created'], detail })
  await events.send(new PutRuleCommand({ Name: 'recorded', EventPattern }))
  const Arn = `arn:aws:sqs:${options.region}:000000000000:recorded`
  await events.send(new PutTargetsCommand({ Rule: 'recorded', Targets: [{ Id: 'recorded', Arn }] }))

  const bodies: string[] = []
  const eventsOf = (key: string, version: string) =>
    bodies.filter((body) => {
      const { object } = Landed.parse(JSON.parse(body)).detail
      return object.key === key && object['version-id'] === version
    })
  const look = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    bodies.push(...Messages.flatMap(({ Body }) => Body ?? []))
  }
  return {
    eventOf: async (key: string, version: string): Promise<string> => {
      const found = async () => {
        await look()
        return eventsOf(key, version)
      }
      const [event = ''] = await eventually(`an S3 event of ${key}, ${version}`, found, ({ length }) => length > 0)
      return event
    },
    /** To the inbox, as EventBridge does; a deduplication id of its own, so that the queue does not help. */
    deliver: (MessageBody: string, MessageDeduplicationId: string) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: outputs['InboxUrl'],
          MessageGroupId: 'landed',
          MessageBody,
          MessageDeduplicationId,
        }),
      ),
    close: () => {
      sqs.destroy()
      events.destroy()
    },
  }
}
