import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  DescribeInstancesCommand,
  EC2Client,
  type Filter,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import { startHypervisor } from '#local/hypervisor/hypervisor'
import { startTestEmulator } from '#test/support/emulator'

const region = 'us-east-1'
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** An emulator with the hypervisor before it, and a queue that hears what `eventPattern` lets through: about 2 s. */
export const startHypervisorWorld = async (eventPattern: object, bootDelayMs: number) => {
  const emulator = await startTestEmulator()
  const stateDir = await mkdtemp(join(tmpdir(), 'mayfly-hypervisor-'))
  const start = () =>
    startHypervisor({ emulatorUrl: emulator.endpoint, stateDir, awsCli: emulator.awsCli, bootDelayMs })
  const hypervisor = await start()
  const clientOf = (url: string) => new EC2Client({ endpoint: url, region, credentials, maxAttempts: 1 })
  // Retries would use up the faults.
  const ec2 = clientOf(hypervisor.url)
  const client = { endpoint: emulator.endpoint, region, credentials }
  const queues = new SQSClient(client)
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'events.fifo', Attributes }))
  const bridge = new EventBridgeClient(client)
  const EventPattern = JSON.stringify(eventPattern)
  await bridge.send(new PutRuleCommand({ Name: 'machines', EventPattern }))
  const Arn = `arn:aws:sqs:${region}:000000000000:events.fifo`
  const target = { Id: 'inbox', Arn, SqsParameters: { MessageGroupId: 'facts' } }
  await bridge.send(new PutTargetsCommand({ Rule: 'machines', Targets: [target] }))

  const all = async (...Filters: Filter[]): Promise<Instance[]> => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
    return Reservations.flatMap(({ Instances = [] }) => Instances)
  }
  const show = async (id: string): Promise<Instance | undefined> =>
    (await all()).find(({ InstanceId }) => InstanceId === id)
  const consoleOf = async (id: string): Promise<string> => {
    const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))
    return Buffer.from(Output ?? '', 'base64').toString()
  }
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${hypervisor.url}/_hypervisor/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return answer.json()
  }

  return {
    ...{ emulator, hypervisor, ec2, all, show, consoleOf, control, clientOf },
    /** A second life of the hypervisor on the same folder. */
    startAgain: start,
    run: async (script: string, change: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          ...{ ImageId: 'ami-1', InstanceType: 't3.small', MinCount: 1, MaxCount: 1 },
          InstanceInitiatedShutdownBehavior: 'terminate',
          UserData: Buffer.from(`#!/bin/bash\n${script}\n`).toString('base64'),
          ...change,
        }),
      )
      return Instances?.[0]?.InstanceId ?? ''
    },
    terminate: (...InstanceIds: string[]) => ec2.send(new TerminateInstancesCommand({ InstanceIds })),
    until: async (id: string, state: string): Promise<Instance> => {
      for (let left = 300; left > 0; left -= 1) {
        const instance = await show(id)
        if (instance?.State?.Name === state) return instance
        await pause(50)
      }
      throw new Error(`${id} did not become ${state} in 15 s; it is ${(await show(id))?.State?.Name}`)
    },
    consoleUntil: async (id: string, text: string): Promise<void> => {
      for (let left = 200; left > 0 && !(await consoleOf(id)).includes(text); left -= 1) await pause(50)
    },
    fault: (...faults: unknown[]) => control('POST', 'faults', faults),
    /** What EC2 announced of an instance, in the order of arrival, until `enough` has come or some seconds are over. */
    heardOf: async (id: string, enough: (heard: readonly string[]) => boolean): Promise<string[]> => {
      const heard: string[] = []
      for (let left = 80; left > 0 && !enough(heard); left -= 1) {
        const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
        for (const { Body, ReceiptHandle } of Messages) {
          const event = JSON.parse(Body ?? '{}')
          expect(event).toMatchObject({ source: 'aws.ec2', account: '000000000000', region })
          const { detail, 'detail-type': type } = event
          if (detail['instance-id'] === id)
            heard.push(detail.state ?? `${type.includes('Warning') ? 'warning' : type}: ${detail['instance-action']}`)
          await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        }
        await pause(50)
      }
      return heard
    },
    close: async () => {
      await hypervisor.close()
      await emulator.stop()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}
export type HypervisorWorld = Awaited<ReturnType<typeof startHypervisorWorld>>
