import { setTimeout as pause } from 'node:timers/promises'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inbox as awsInbox } from '#adapters/aws/inbox'
import { acknowledge, emptyInbox, inbox as memoryInbox, receive } from '#adapters/memory/inbox'
import type { Inbox } from '#domain/ports/inbox'
import { emulated } from '#test/contracts/emulated'

type Received = { group: string; body: string; receipt: string; receives: number }
type Queue = {
  inbox: Inbox
  receive: () => Promise<Received[]>
  acknowledge: (receipts: string[]) => Promise<void>
  pass: (seconds: number) => Promise<void>
}

const memory = async () => ({
  fresh: async (): Promise<Queue> => {
    const state = emptyInbox()
    let now = 1_000_000
    return {
      inbox: memoryInbox(state, () => now),
      receive: async () => receive(state, now).map((message) => ({ receipt: '', ...message })),
      acknowledge: async (receipts) => acknowledge(state, now, receipts),
      pass: async (seconds) => {
        now += seconds * 1000
      },
    }
  },
  close: async () => {},
})

const aws = async () => {
  const emulator = await emulated()
  const sqs = new SQSClient(emulator.config)
  let made = 0
  return {
    fresh: async (): Promise<Queue> => {
      const { QueueUrl = '' } = await sqs.send(
        new CreateQueueCommand({
          QueueName: `inbox-${++made}.fifo`,
          // As in infra/constructs/inbox.ts.
          Attributes: {
            ...{ FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '90' },
            ...{ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
          },
        }),
      )
      return {
        inbox: awsInbox(sqs, QueueUrl),
        receive: async () => {
          const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({
              ...{ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] },
            }),
          )
          return Messages.map(({ Attributes = {}, Body = '', ReceiptHandle = '' }) => ({
            group: Attributes.MessageGroupId ?? '',
            body: Body,
            receipt: ReceiptHandle,
            receives: Number(Attributes.ApproximateReceiveCount),
          }))
        },
        acknowledge: async (receipts) => {
          for (const ReceiptHandle of receipts) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        },
        pass: (seconds) => pause(seconds * 1000 + 200),
      }
    },
    close: emulator.stop,
  }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'SQS', open: aws },
])('the inbox over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let queue: Queue
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    queue = await opened.fresh()
  })
  const send = async (...bodies: string[]) => {
    for (const body of bodies) await queue.inbox.send('facts', body)
  }
  const bodies = (received: Received[]) => received.map(({ body }) => body)
  const receipts = (received: Received[]) => received.map(({ receipt }) => receipt)

  it('keeps the order of a group, ten at a time', async () => {
    const all = Array.from({ length: 12 }, (_, n) => `{"n":${n}}`)
    await send(...all)
    const first = await queue.receive()
    expect(bodies(first)).toEqual(all.slice(0, 10))
    await queue.acknowledge(receipts(first))
    expect(bodies(await queue.receive())).toEqual(all.slice(10))
  })

  it('holds a group back while somebody has a message of it, and no other', async () => {
    await send('1')
    await queue.receive()
    await send('2')
    await queue.inbox.send('landed', '3')
    const [next, ...others] = await queue.receive()
    expect({ next, others }).toMatchObject({ next: { group: 'landed', body: '3', receives: 1 }, others: [] })
  })

  it('drops a body that the group had, deleted or not; another group takes it', async () => {
    await send('1', '1')
    await queue.inbox.send('landed', '1')
    const found = await queue.receive()
    expect(found.map(({ group, body }) => `${group} ${body}`).sort()).toEqual(['facts 1', 'landed 1'])
    await queue.acknowledge(receipts(found))
    await send('1', '2')
    expect(bodies(await queue.receive())).toEqual(['2'])
  })

  it('keeps out of sight what was received, until the time that retryIn names', async () => {
    await send('1', '2')
    const first = await queue.receive()
    expect(await queue.receive()).toEqual([])
    await queue.inbox.retryIn(2, receipts(first))
    expect(await queue.receive()).toEqual([])
    await queue.pass(2)
    const again = await queue.receive()
    expect(again.map(({ body, receives }) => [body, receives])).toEqual([
      ['1', 2],
      ['2', 2],
    ])
    await queue.acknowledge(receipts(again))
    await queue.inbox.send('facts', '3')
    expect(bodies(await queue.receive())).toEqual(['3'])
  })

  it('gives back in order what was not acknowledged', async () => {
    await send('1', '2', '3')
    const [one, two, three] = receipts(await queue.receive())
    await queue.acknowledge([two ?? ''])
    await queue.inbox.retryIn(0, [one ?? '', three ?? ''])
    expect(bodies(await queue.receive())).toEqual(['1', '3'])
  })

  it.each([
    { count: 0, name: 'EmptyBatchRequest' },
    { count: 11, name: 'TooManyEntriesInBatchRequest' },
  ])('retryIn refuses $count messages', async ({ count, name }) => {
    await expect(queue.inbox.retryIn(2, Array(count).fill('receipt'))).rejects.toMatchObject({
      name: expect.stringContaining(name),
    })
  })
})

describe('the inbox in memory', () => {
  it('takes a body again after five minutes, and not before', async () => {
    const state = emptyInbox()
    let now = 0
    const inbox = memoryInbox(state, () => now)
    const sentAt = async (at: number) => {
      now = at
      await inbox.send('facts', '1')
      return state.count
    }
    expect([await sentAt(0), await sentAt(299_999), await sentAt(300_000), await sentAt(599_999)]).toEqual([1, 1, 2, 2])
  })

  it('shows again what nobody acknowledged in 90 seconds; the old handle is void then', async () => {
    const state = emptyInbox()
    await memoryInbox(state, () => 0).send('facts', '1')
    const [first] = receive(state, 0).map(({ receipt = '' }) => receipt)
    expect(receive(state, 89_999)).toEqual([])
    acknowledge(state, 90_000, [first ?? ''])
    expect(receive(state, 90_000)).toMatchObject([{ body: '1', receives: 2 }])
    acknowledge(state, 90_001, [first ?? ''])
    expect(receive(state, 180_000)).toMatchObject([{ body: '1', receives: 3 }])
  })

  it('forgets what is behind it: thousands pass through', async () => {
    const state = emptyInbox()
    const inbox = memoryInbox(state, () => state.count * 1000)
    for (let n = 0; n < 5000; n += 1) {
      await inbox.send('facts', String(n))
      const found = receive(state, state.count * 1000)
      expect(bodyOf(found)).toBe(String(n))
      acknowledge(
        state,
        state.count * 1000,
        found.map(({ receipt = '' }) => receipt),
      )
    }
    expect(state.inFlight.size).toBe(0)
    expect(state.sent.size).toBeLessThanOrEqual(301)
    expect(state.groups.get('facts')?.messages.length).toBeLessThan(2050)
  })
})

const bodyOf = ([message]: { body: string }[]) => message?.body
