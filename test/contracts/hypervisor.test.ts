import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandOutput,
  DescribeSubnetsCommand,
  EC2Client,
  type Filter,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hypervisor, startHypervisor } from '#local/hypervisor/hypervisor'
import { processesOf } from '#local/hypervisor/process-tree'
import { startTestEmulator } from '#test/support/emulator'

let emulator: Awaited<ReturnType<typeof startTestEmulator>>
let hypervisor: Hypervisor
let stateDir: string
let ec2: EC2Client
let queues: SQSClient
let queueUrl: string

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const region = 'us-east-1'
const start = () =>
  startHypervisor({ emulatorUrl: emulator.endpoint, stateDir, awsCli: emulator.awsCli, bootDelayMs: 150 })

beforeAll(async () => {
  emulator = await startTestEmulator()
  stateDir = await mkdtemp(join(tmpdir(), 'mayfly-hypervisor-'))
  hypervisor = await start()
  // Retries would use up the faults.
  ec2 = new EC2Client({ endpoint: hypervisor.url, region, credentials, maxAttempts: 1 })
  const client = { endpoint: emulator.endpoint, region, credentials }
  queues = new SQSClient(client)
  const made = await queues.send(
    new CreateQueueCommand({
      QueueName: 'events.fifo',
      Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    }),
  )
  queueUrl = made.QueueUrl ?? ''
  const bridge = new EventBridgeClient(client)
  const EventPattern = JSON.stringify({
    source: ['aws.ec2'],
    'detail-type': ['EC2 Instance State-change Notification'],
    detail: { state: ['running', 'terminated', 'stopped'] },
  })
  await bridge.send(new PutRuleCommand({ Name: 'machines', EventPattern }))
  const Arn = 'arn:aws:sqs:us-east-1:000000000000:events.fifo'
  const target = { Id: 'inbox', Arn, SqsParameters: { MessageGroupId: 'facts' } }
  await bridge.send(new PutTargetsCommand({ Rule: 'machines', Targets: [target] }))
})
afterAll(async () => {
  await hypervisor.close()
  await emulator.stop()
  await rm(stateDir, { recursive: true, force: true })
})

const run = async (script: string, change: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-1',
      InstanceType: 't3.small',
      MinCount: 1,
      MaxCount: 1,
      InstanceInitiatedShutdownBehavior: 'terminate',
      UserData: Buffer.from(`#!/bin/bash\n${script}\n`).toString('base64'),
      ...change,
    }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}
const describeAll = async (...Filters: Filter[]): Promise<Instance[]> => {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  return (Reservations ?? []).flatMap((it) => it.Instances ?? [])
}
const show = async (id: string): Promise<Instance | undefined> =>
  (await describeAll({ Name: 'instance-id', Values: [id] }))[0]
const until = async (id: string, state: string): Promise<Instance> => {
  for (let left = 300; left > 0; left -= 1) {
    const instance = await show(id)
    if (instance?.State?.Name === state) return instance
    await pause(50)
  }
  throw new Error(`${id} did not become ${state} in 15 s; it is ${(await show(id))?.State?.Name}`)
}
const consoleOf = async (id: string): Promise<string> => {
  const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: id }))
  return Buffer.from(Output ?? '', 'base64').toString()
}
const consoleUntil = async (id: string, text: string): Promise<string> => {
  for (let left = 200; left > 0 && !(await consoleOf(id)).includes(text); left -= 1) await pause(50)
  return consoleOf(id)
}
const shellOf = async (id: string): Promise<number> => {
  const answer = await fetch(`${hypervisor.url}/_hypervisor/instances`)
  const list: unknown = await answer.json()
  const found = Array.isArray(list) ? list.find((it) => it.id === id) : undefined
  return Number(found?.pid)
}
const fault = (body: unknown) =>
  fetch(`${hypervisor.url}/_hypervisor/faults`, { method: 'POST', body: JSON.stringify(body) })
/** States in the order of their events, of one instance, as they came through the emulator's rule. */
const eventsOf = async (id: string, last: string): Promise<string[]> => {
  const states: string[] = []
  for (let left = 100; left > 0 && states.at(-1) !== last; left -= 1) {
    const { Messages } = await queues.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }))
    for (const message of Messages ?? []) {
      const event = JSON.parse(message.Body ?? '{}')
      expect(event).toMatchObject({ source: 'aws.ec2', account: '000000000000', region })
      if (event.detail['instance-id'] === id) states.push(event.detail.state)
      await queues.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }))
    }
    await pause(50)
  }
  return states
}

describe('a machine of the local EC2', () => {
  it('boots, sees its own metadata and no other, and ends itself', async () => {
    const id = await run(`
      url=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
      echo "bare $(curl -s -o /dev/null -w '%{http_code}' $url/meta-data/instance-id)"
      token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $url/api/token)
      get() { curl -s -H "X-aws-ec2-metadata-token: $token" "$url/$1"; }
      echo "id $(get meta-data/instance-id) type $(get meta-data/instance-type) zone $(get meta-data/placement/availability-zone)"
      echo "spot $(curl -s -o /dev/null -w '%{http_code}' -H "X-aws-ec2-metadata-token: $token" $url/meta-data/spot/instance-action)"
      echo "who $(aws sts get-caller-identity --query Account --output text)"
      shutdown -h now`)
    expect((await show(id))?.State?.Name).toBe('pending')
    const ended = await until(id, 'terminated')
    expect(ended.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown')
    expect(ended.SubnetId).toBeUndefined()
    const said = await consoleOf(id)
    expect(said).toContain('bare 401')
    expect(said).toContain(`id ${id} type t3.small zone us-east-1a`)
    expect(said).toContain('spot 404')
    expect(said).toContain('who 000000000000')
    expect(processesOf(id)).toEqual([])
    expect(await eventsOf(id, 'terminated')).toEqual(['running', 'terminated'])
  })

  it('stays when its script ends without a shutdown, and is terminated with all that it forked', async () => {
    const id = await run(`
      (trap '' TERM; setsid bash -c 'env -i /bin/sleep 600; true') & (setsid /bin/sleep 601 &)
      echo ready`)
    await consoleUntil(id, 'ready')
    await pause(200)
    expect((await show(id))?.State?.Name).toBe('running')
    expect(processesOf(id).length).toBe(3)
    const answer = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    expect(answer.TerminatingInstances?.[0]).toMatchObject({
      InstanceId: id,
      PreviousState: { Name: 'running', Code: 16 },
      CurrentState: { Name: 'shutting-down', Code: 32 },
    })
    const ended = await until(id, 'terminated')
    expect(ended.StateReason?.Code).toBe('Client.UserInitiatedShutdown')
    expect(processesOf(id)).toEqual([])
  })

  it('is lost when its process is killed from outside', async () => {
    const id = await run('(setsid /bin/sleep 600 &) ; echo ready; while :; do /bin/sleep 0.1; done')
    await consoleUntil(id, 'ready')
    process.kill(await shellOf(id), 'SIGKILL')
    const ended = await until(id, 'terminated')
    expect(ended.StateReason?.Code).toBe('Server.InternalError')
    expect(processesOf(id)).toEqual([])
    expect(await eventsOf(id, 'terminated')).toEqual(['running', 'terminated'])
  })

  it('gives TERM before KILL, so that the script can say goodbye', async () => {
    const id = await run(`trap 'echo goodbye; exit' TERM; echo ready; while :; do /bin/sleep 0.1 & wait $!; done`)
    await consoleUntil(id, 'ready')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until(id, 'terminated')
    expect(await consoleOf(id)).toContain('goodbye')
  })

  it('stops when its shutdown behaviour says so', async () => {
    const id = await run('poweroff', { InstanceInitiatedShutdownBehavior: 'stop' })
    await until(id, 'stopped')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until(id, 'terminated')
  })

  it('stops and then terminates on request, in whatever order the requests come', async () => {
    const id = await run('/bin/sleep 600')
    await until(id, 'running')
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until(id, 'terminated')
  })

  it('plans a shutdown and takes it back', async () => {
    const planned = await run('shutdown -h +0; /bin/sleep 600')
    // A second, said to the switch itself: `shutdown` counts in minutes.
    const kept = await run(
      'curl -s -X POST $AWS_EC2_METADATA_SERVICE_ENDPOINT/power/0.015; shutdown -c && echo kept; /bin/sleep 600',
    )
    await until(planned, 'terminated')
    await consoleUntil(kept, 'kept')
    await pause(1200)
    expect((await show(kept))?.State?.Name).toBe('running')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [kept] }))
  })

  it('is over without having run when it is terminated while pending', async () => {
    await fault({ type: 'slow-boot', seconds: 60 })
    const id = await run('echo ran')
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
    await until(id, 'terminated')
    expect(await consoleOf(id)).toBe('')
  })
})

describe('the calls about machines', () => {
  it('answers the same token with the same instance, even after its end, and other words with an error', async () => {
    const ClientToken = 'token-1'
    const first = await run('shutdown -h now', { ClientToken })
    const both = await Promise.all([
      run('shutdown -h now', { ClientToken: 'token-2' }),
      run('shutdown -h now', { ClientToken: 'token-2' }),
    ])
    await until(first, 'terminated')
    expect(await run('shutdown -h now', { ClientToken })).toBe(first)
    expect(both[0]).toBe(both[1])
    await expect(run('echo other', { ClientToken })).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' })
    const found = await describeAll({ Name: 'client-token', Values: [ClientToken] })
    expect(found.map((it) => it.InstanceId)).toEqual([first])
  })

  it('takes the same token in another zone for another machine, as EC2 does', async () => {
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}))
    const zones = [...new Map((Subnets ?? []).map((it) => [it.AvailabilityZone, it.SubnetId ?? ''])).values()]
    expect(zones.length).toBeGreaterThan(1)
    const [one, other] = await Promise.all(
      zones.slice(0, 2).map((SubnetId) => run('poweroff', { SubnetId, ClientToken: 'zonal' })),
    )
    expect(one).not.toBe(other)
  })

  it('takes image, profile, groups, tags and shutdown behaviour from the version of a launch template', async () => {
    const LaunchTemplateName = 'a-template'
    const LaunchTemplateData = {
      ImageId: 'ami-of-template',
      InstanceType: 'm7g.large' as const,
      InstanceInitiatedShutdownBehavior: 'terminate' as const,
      SecurityGroupIds: ['sg-1'],
      IamInstanceProfile: { Arn: 'arn:aws:iam::000000000000:instance-profile/p' },
      TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: 'app', Value: 'mayfly' }] }],
    }
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }))
    const second = { ...LaunchTemplateData, ImageId: 'ami-of-version-2' }
    await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, LaunchTemplateData: second }))
    const launch = async (Version: string) => {
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          LaunchTemplate: { LaunchTemplateName, Version },
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'job', Value: 'a & <b>' }] }],
          UserData: Buffer.from('#!/bin/bash\npoweroff\n').toString('base64'),
        }),
      )
      return Instances?.[0]
    }
    const instance = await launch('1')
    expect(instance).toMatchObject({
      ImageId: 'ami-of-template',
      InstanceType: 'm7g.large',
      Architecture: 'arm64',
      SecurityGroups: [{ GroupId: 'sg-1' }],
      IamInstanceProfile: { Arn: LaunchTemplateData.IamInstanceProfile.Arn },
    })
    const tags = Object.fromEntries((instance?.Tags ?? []).map((tag) => [tag.Key, tag.Value]))
    expect(tags).toMatchObject({ app: 'mayfly', job: 'a & <b>', 'aws:ec2launchtemplate:version': '1' })
    await until(instance?.InstanceId ?? '', 'terminated')
    expect((await launch('$Latest'))?.ImageId).toBe('ami-of-version-2')
    expect((await launch('$Default'))?.ImageId).toBe('ami-of-template')
    await expect(launch('7')).rejects.toMatchObject({ name: 'InvalidLaunchTemplateId.VersionNotFound' })
  })

  it.each([
    { name: 'tag:app', values: ['filter*'], found: true },
    { name: 'tag:app', values: ['filter?'], found: false },
    { name: 'tag-key', values: ['app'], found: true },
    { name: 'tag-key', values: ['App'], found: false },
    { name: 'instance-state-name', values: ['pending', 'running'], found: true },
    { name: 'instance-state-name', values: ['terminated'], found: false },
    { name: 'instance-type', values: ['t3.small'], found: true },
  ])('filters by $name $values: $found', async ({ name, values, found }) => {
    const id = await run('/bin/sleep 600', {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'app', Value: 'filtered' }] }],
    })
    const ids = (await describeAll({ Name: name, Values: values })).map((it) => it.InstanceId)
    expect(ids.includes(id)).toBe(found)
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  })

  it('refuses what EC2 refuses, in its words', async () => {
    const describeId = (id: string) => ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    await expect(describeAll({ Name: 'nonsense', Values: ['x'] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
    await expect(describeId('i-0123456789abcdef0')).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' })
    await expect(describeId('i-nope')).rejects.toMatchObject({ name: 'InvalidInstanceID.Malformed' })
    await expect(run('', { SubnetId: 'subnet-0nowhere' })).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' })
    await expect(run('x'.repeat(17_000))).rejects.toThrow(/16384/)
  })

  it('pages through many', async () => {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-page', InstanceType: 't3.nano', MinCount: 7, MaxCount: 7 }),
    )
    const seen: string[] = []
    let NextToken: string | undefined
    do {
      const answer: DescribeInstancesCommandOutput = await ec2.send(
        new DescribeInstancesCommand({
          Filters: [{ Name: 'image-id', Values: ['ami-page'] }],
          MaxResults: 5,
          NextToken,
        }),
      )
      seen.push(...(answer.Reservations ?? []).flatMap((it) => it.Instances ?? []).map((it) => it.InstanceId ?? ''))
      NextToken = answer.NextToken
    } while (NextToken !== undefined)
    expect(seen.sort()).toEqual((Instances ?? []).map((it) => it.InstanceId).sort())
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: seen }))
  })

  it('tags machines, shows their status, and hands everything else on', async () => {
    const id = await run('/bin/sleep 600')
    await until(id, 'running')
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'late', Value: '1' }] }))
    expect((await show(id))?.Tags).toEqual([{ Key: 'late', Value: '1' }])
    const { InstanceStatuses } = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }))
    expect(InstanceStatuses?.[0]?.InstanceStatus?.Status).toBe('ok')
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
    expect(Vpc?.VpcId).toMatch(/^vpc-/)
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
  })

  it('tells the stock AWS CLI the same', async () => {
    const id = await run('poweroff')
    await until(id, 'terminated')
    const { stdout } = await promisify(execFile)(
      emulator.awsCli,
      [
        'ec2',
        'describe-instances',
        '--instance-ids',
        id,
        '--query',
        'Reservations[].Instances[].State.Name',
        '--output',
        'text',
      ],
      { env: { ...process.env, ...emulator.env, AWS_ENDPOINT_URL_EC2: hypervisor.url } },
    )
    expect(stdout.trim()).toBe('terminated')
  })
})

describe('faults and crashes', () => {
  it('has no capacity for one type in one zone as often as it was told', async () => {
    await fault({ type: 'insufficient-capacity', instanceType: 't3.small', count: 1 })
    const other = await run('poweroff', { InstanceType: 't3.micro' })
    await expect(run('poweroff')).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' })
    expect(await run('poweroff')).not.toBe(other)
    expect((await fault({ type: 'earthquake' })).status).toBe(400)
  })

  it('loses as many events as it was told', async () => {
    for (const { InstanceId } of await describeAll()) await until(InstanceId ?? '', 'terminated')
    await fault({ type: 'lose-events', count: 2 })
    const id = await run('poweroff')
    expect(await eventsOf(id, 'terminated')).toEqual(['terminated'])
  })

  it('ends what a crashed hypervisor left behind, and still answers for it', async () => {
    const id = await run('echo ready; (setsid /bin/sleep 600 &); /bin/sleep 600', { ClientToken: 'crash' })
    await consoleUntil(id, 'ready')
    // A second life on the same folder, as after kill -9 of the first.
    const again = await start()
    const client = new EC2Client({ endpoint: again.url, region, credentials })
    const answer = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    for (let left = 100; left > 0 && processesOf(id).length > 0; left -= 1) await pause(50)
    expect(processesOf(id)).toEqual([])
    const instance = answer.Reservations?.[0]?.Instances?.[0]
    expect(instance?.State?.Name).toBe('terminated')
    expect(instance?.StateReason?.Message).toContain('host')
    await again.close()
  })
})
