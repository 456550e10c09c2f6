import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { announcements as awsAnnouncements } from '#adapters/aws/announcements'
import { announcements as memoryAnnouncements } from '#adapters/memory/announcements'
import type { PayerFileDone } from '#domain/payer-file-done'
import type { Announcements } from '#domain/ports/announcements'
import { emulated, eventually } from '#test/contracts/emulated'
import { aFileDone } from '#test/support/a-file-done'

type Bus = { announcements: Announcements; heard: () => Promise<unknown[]> }

const memory = async () => ({
  fresh: async (): Promise<Bus> => {
    const published: PayerFileDone[] = []
    return { announcements: memoryAnnouncements(published), heard: async () => published }
  },
  close: async () => {},
})

/** A queue behind a rule, as a team downstream would have it. */
const aws = async () => {
  const emulator = await emulated()
  const [events, sqs] = [new EventBridgeClient(emulator.config), new SQSClient(emulator.config)]
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'downstream' }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const EventPattern = JSON.stringify({ source: ['mayfly'], 'detail-type': ['Payer File Done'] })
  await events.send(new PutRuleCommand({ Name: 'done', EventPattern }))
  await events.send(
    new PutTargetsCommand({ Rule: 'done', Targets: [{ Id: 'q', Arn: Attributes?.['QueueArn'] ?? '' }] }),
  )
  return {
    fresh: async (): Promise<Bus> => {
      await sqs.send(new PurgeQueueCommand({ QueueUrl }))
      const all: unknown[] = []
      return {
        announcements: awsAnnouncements(events),
        heard: async () => {
          const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
          all.push(...Messages.map(({ Body = '' }) => Reflect.get(Object(JSON.parse(Body)), 'detail')))
          return all
        },
      }
    },
    close: emulator.stop,
  }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'EventBridge', open: aws },
])('announcements over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let bus: Bus
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    bus = await opened.fresh()
  })
  const heard = (count: number) =>
    eventually(`${count} events`, async () => {
      const all = await bus.heard()
      return all.length >= count ? all : undefined
    })

  it('whoever listens hears of a file, in the words of the pointer', async () => {
    const done = aFileDone({ key: 'acme/member/é "x".834', ranAfter: { member: 'j0' } })
    await bus.announcements.publish(done)
    expect(await heard(1)).toEqual([done])
  })

  it('saying it twice is said twice: job and round tell', async () => {
    for (const round of [1, 1, 2]) await bus.announcements.publish(aFileDone({ round }))
    const rounds = (await heard(3)).map((detail) => Reflect.get(Object(detail), 'round'))
    expect(rounds.sort()).toEqual([1, 1, 2])
  })

  it('an event as large as we make them arrives whole', async () => {
    const names = Array.from({ length: 2000 }, (_, n) => `part-${n}-${'x'.repeat(50)}.json`)
    const done = aFileDone({ output: { ...aFileDone().output, names } })
    await bus.announcements.publish(done)
    expect(await heard(1)).toEqual([done])
  })
})
