import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  DescribeInstancesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Hypervisor, startHypervisor } from '#local/hypervisor/hypervisor'
import { processesOf } from '#local/hypervisor/process-tree'
import { startTestEmulator } from '#test/support/emulator'

/** What goes wrong on request, as the callers of EC2 and the readers of its events see it. */
let emulator: Awaited<ReturnType<typeof startTestEmulator>>
let hypervisor: Hypervisor
let stateDir: string
let ec2: EC2Client
let queues: SQSClient
let queueUrl: string
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const region = 'us-east-1'

beforeAll(async () => {
  emulator = await startTestEmulator()
  stateDir = await mkdtemp(join(tmpdir(), 'mayfly-faults-'))
  const { endpoint: emulatorUrl, awsCli } = emulator
  hypervisor = await startHypervisor({ emulatorUrl, stateDir, awsCli, bootDelayMs: 50 })
  // Retries would use up the faults.
  ec2 = new EC2Client({ endpoint: hypervisor.url, region, credentials, maxAttempts: 1 })
  const client = { endpoint: emulatorUrl, region, credentials }
  queues = new SQSClient(client)
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
  const made = await queues.send(new CreateQueueCommand({ QueueName: 'events.fifo', Attributes }))
  queueUrl = made.QueueUrl ?? ''
  const bridge = new EventBridgeClient(client)
  const EventPattern = JSON.stringify({ source: ['aws.ec2'] })
  await bridge.send(new PutRuleCommand({ Name: 'machines', EventPattern }))
  const Arn = `arn:aws:sqs:${region}:000000000000:events.fifo`
  const target = { Id: 'inbox', Arn, SqsParameters: { MessageGroupId: 'facts' } }
  await bridge.send(new PutTargetsCommand({ Rule: 'machines', Targets: [target] }))
})
afterAll(async () => {
  await hypervisor.close()
  await emulator.stop()
  await rm(stateDir, { recursive: true, force: true })
})

const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const answer = await fetch(`${hypervisor.url}/_hypervisor/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return answer.json()
}
const fault = (...faults: unknown[]) => control('POST', 'faults', faults)
beforeEach(() => control('DELETE', 'faults'))

const run = async (script: string, change: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-1', InstanceType: 't3.small', MinCount: 1, MaxCount: 1 },
      InstanceInitiatedShutdownBehavior: 'terminate',
      UserData: Buffer.from(`#!/bin/bash\n${script}\n`).toString('base64'),
      ...change,
    }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}
const spot = { InstanceMarketOptions: { MarketType: 'spot' as const } }
const all = async (): Promise<Instance[]> => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}))
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}
const until = async (id: string, state: string): Promise<Instance> => {
  for (let left = 200; left > 0; left -= 1) {
    const found = (await all()).find(({ InstanceId }) => InstanceId === id)
    if (found?.State?.Name === state) return found
    await pause(50)
  }
  throw new Error(`${id} did not become ${state} in 10 s`)
}
const consoleOf = async (id: string): Promise<string> => {
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))
  return Buffer.from(Output ?? '', 'base64').toString()
}
const consoleUntil = async (id: string, text: string) => {
  for (let left = 200; left > 0 && !(await consoleOf(id)).includes(text); left -= 1) await pause(50)
}
/** What EC2 announced of an instance, in the order of arrival, until so many came or four seconds are over. */
const heardOf = async (id: string, count: number): Promise<string[]> => {
  const heard: string[] = []
  for (let left = 80; left > 0 && heard.length < count; left -= 1) {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    )
    for (const { Body, ReceiptHandle } of Messages) {
      const { detail, 'detail-type': type } = JSON.parse(Body ?? '{}')
      if (detail['instance-id'] === id)
        heard.push(detail.state ?? `${type.includes('Warning') ? 'warning' : type}: ${detail['instance-action']}`)
      await queues.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
    }
    await pause(50)
  }
  return heard
}

describe('launches that go wrong', () => {
  it.each([
    { type: 'insufficient-capacity', error: 'InsufficientInstanceCapacity' },
    { type: 'vcpu-limit', error: 'VcpuLimitExceeded' },
    { type: 'throttle', error: 'RequestLimitExceeded' },
  ])('$type: $error, as often as it was told', async ({ type, error }) => {
    await fault({ type, count: 2 })
    const before = (await all()).length
    for (const _ of [1, 2]) await expect(run('poweroff')).rejects.toMatchObject({ name: error })
    expect(await all()).toHaveLength(before)
    await run('poweroff')
  })

  it('a refusal is for its own market only', async () => {
    await fault({ type: 'vcpu-limit', market: 'spot' })
    await run('poweroff')
    await expect(run('poweroff', spot)).rejects.toMatchObject({ name: 'VcpuLimitExceeded' })
  })

  it('an answer is lost, the machine is not; the same token finds it', async () => {
    await fault({ type: 'lose-answer' })
    const before = (await all()).length
    await expect(run('/bin/sleep 60', { ClientToken: 'lost' })).rejects.toThrow(/socket|ECONNRESET|hang up/)
    expect(await all()).toHaveLength(before + 1)
    const id = await run('/bin/sleep 60', { ClientToken: 'lost' })
    expect(await all()).toHaveLength(before + 1)
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  })

  it('EC2 does not know the new machine for a while', async () => {
    await fault({ type: 'describe-lag', seconds: 1 })
    const id = await run('poweroff')
    await expect(ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    })
    expect((await all()).map(({ InstanceId }) => InstanceId)).not.toContain(id)
    await until(id, 'terminated')
  })

  it('other calls are throttled too', async () => {
    await fault({ type: 'throttle', action: 'DescribeInstances' })
    await expect(all()).rejects.toMatchObject({ name: 'RequestLimitExceeded' })
    await all()
  })
})

describe('machines that go wrong', () => {
  it('one ends while it is pending', async () => {
    await fault({ type: 'fail-pending' })
    const id = await run('echo ran')
    expect((await until(id, 'terminated')).StateReason?.Code).toBe('Server.InsufficientInstanceCapacity')
    expect(await consoleOf(id)).toBe('')
    expect(await heardOf(id, 3)).toEqual(['pending', 'shutting-down', 'terminated'])
  })

  it('one runs without ever reaching its user data', async () => {
    await fault({ type: 'dead-boot' })
    const id = await run('echo ran; poweroff')
    await until(id, 'running')
    await pause(500)
    await until(id, 'running')
    expect(await consoleOf(id)).toContain('never ran')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until(id, 'terminated')
  })

  it('one boots slowly', async () => {
    await fault({ type: 'slow-boot', seconds: 0.8 })
    const began = Date.now()
    const id = await run('/bin/sleep 60')
    await until(id, 'running')
    expect(Date.now() - began).toBeGreaterThan(800)
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  })

  it('one dies at any time, without a word of its own, though it plans another end', async () => {
    await fault({ type: 'death', afterSeconds: 0.4, tags: { job: 'j' } })
    const TagSpecifications = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'job', Value: 'j' }] }]
    const id = await run('shutdown -h +5; trap "echo heard" TERM; while :; do /bin/sleep 0.1; done', {
      TagSpecifications,
    })
    expect((await until(id, 'terminated')).StateReason?.Code).toBe('Server.InternalError')
    expect(await consoleOf(id)).not.toContain('heard')
  })

  it('one freezes: it runs as far as EC2 knows, says nothing more, and can be ended', async () => {
    await fault({ type: 'freeze', afterSeconds: 0.3 })
    const id = await run('while :; do echo tick; /bin/sleep 0.05; done')
    await consoleUntil(id, 'tick')
    await pause(800)
    const said = await consoleOf(id)
    await pause(300)
    expect(await consoleOf(id)).toBe(said)
    await until(id, 'running')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until(id, 'terminated')
    expect(processesOf(id)).toEqual([])
  })

  it('a spot machine is warned, by its metadata and by an event, and taken back', async () => {
    await fault({ type: 'spot-interruption', afterSeconds: 0.2, noticeSeconds: 1, market: 'spot' })
    const look = `
      url=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
      token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $url/api/token)
      until curl -sf -H "X-aws-ec2-metadata-token: $token" $url/meta-data/spot/instance-action; do /bin/sleep 0.1; done
      trap 'echo told; exit' TERM; while :; do /bin/sleep 0.1; done`
    const id = await run(look, spot)
    expect((await until(id, 'terminated')).StateReason?.Code).toBe('Server.SpotInstanceTermination')
    expect(await consoleOf(id)).toMatch(/"action":"terminate","time":"20[\s\S]*told/)
    const heard = await heardOf(id, 5)
    expect(heard).toEqual(['pending', 'running', 'warning: terminate', 'shutting-down', 'terminated'])
  })
})

describe('events that go wrong', () => {
  it.each([
    { what: 'is lost', type: 'lose-events', heard: ['pending', 'shutting-down', 'terminated'] },
    {
      what: 'comes twice',
      type: 'repeat-events',
      heard: ['pending', 'running', 'shutting-down', 'terminated', 'running'],
    },
    { what: 'is late', type: 'late-events', heard: ['pending', 'shutting-down', 'terminated', 'running'] },
  ])('one $what, and no other', async ({ type, heard }) => {
    await fault({ type, state: 'running', ...(type === 'late-events' ? { seconds: 2 } : {}) })
    const id = await run('poweroff')
    expect(await heardOf(id, 5)).toEqual(heard)
  })

  it('says what became of an event of S3, and what was injected', async () => {
    await fault({ type: 'late-events', source: 's3', key: '/result.json', seconds: 5 })
    const asks = (key: string) => control('POST', 's3-event', { bucket: 'b', key })
    expect(await asks('runs/a/progress.json')).toEqual({ deliveriesMs: [0] })
    expect(await asks('runs/a/result.json')).toEqual({ deliveriesMs: [5000] })
    expect(await asks('runs/a/result.json')).toEqual({ deliveriesMs: [0] })
    expect(await control('GET', 'injected')).toContainEqual({
      at: expect.any(Number),
      type: 'late-events',
      fault: { type: 'late-events', source: 's3', key: '/result.json', seconds: 5, count: 1 },
      subject: { source: 's3', key: 'runs/a/result.json' },
    })
  })
})
