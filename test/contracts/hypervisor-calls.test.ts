import { execFile } from 'node:child_process'
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
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HypervisorWorld, startHypervisorWorld } from '#test/support/hypervisor-world'

let world: HypervisorWorld
beforeAll(async () => {
  world = await startHypervisorWorld({ source: ['aws.ec2'] }, 150)
})
afterAll(() => world?.close())

describe('the calls about machines', () => {
  it('answers the same token with the same instance, even after its end, and other words with an error', async () => {
    const ClientToken = 'token-1'
    const first = await world.run('shutdown -h now', { ClientToken })
    const both = await Promise.all([
      world.run('shutdown -h now', { ClientToken: 'token-2' }),
      world.run('shutdown -h now', { ClientToken: 'token-2' }),
    ])
    await world.until(first, 'terminated')
    expect(await world.run('shutdown -h now', { ClientToken })).toBe(first)
    expect(both[0]).toBe(both[1])
    await expect(world.run('echo other', { ClientToken })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    })
    const found = await world.all({ Name: 'client-token', Values: [ClientToken] })
    expect(found.map((it) => it.InstanceId)).toEqual([first])
  })

  it('takes the same token in another zone for another machine, as EC2 does', async () => {
    const { Subnets } = await world.ec2.send(new DescribeSubnetsCommand({}))
    const zones = [...new Map((Subnets ?? []).map((it) => [it.AvailabilityZone, it.SubnetId ?? ''])).values()]
    expect(zones.length).toBeGreaterThan(1)
    const [one, other] = await Promise.all(
      zones.slice(0, 2).map((SubnetId) => world.run('poweroff', { SubnetId, ClientToken: 'zonal' })),
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
    await world.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }))
    const second = { ...LaunchTemplateData, ImageId: 'ami-of-version-2' }
    await world.ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, LaunchTemplateData: second }))
    const launch = async (Version: string) => {
      const { Instances } = await world.ec2.send(
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
    await world.until(instance?.InstanceId ?? '', 'terminated')
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
    const id = await world.run('/bin/sleep 600', {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'app', Value: 'filtered' }] }],
    })
    const ids = (await world.all({ Name: name, Values: values })).map((it) => it.InstanceId)
    expect(ids.includes(id)).toBe(found)
    await world.terminate(id)
  })

  it('refuses what EC2 refuses, in its words', async () => {
    const describeId = (id: string) => world.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    await expect(world.all({ Name: 'nonsense', Values: ['x'] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
    await expect(describeId('i-0123456789abcdef0')).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' })
    await expect(describeId('i-nope')).rejects.toMatchObject({ name: 'InvalidInstanceID.Malformed' })
    await expect(world.run('', { SubnetId: 'subnet-0nowhere' })).rejects.toMatchObject({
      name: 'InvalidSubnetID.NotFound',
    })
    await expect(world.run('x'.repeat(17_000))).rejects.toThrow(/16384/)
  })

  it('pages through many', async () => {
    const { Instances } = await world.ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-page', InstanceType: 't3.nano', MinCount: 7, MaxCount: 7 }),
    )
    const seen: string[] = []
    let NextToken: string | undefined
    do {
      const answer: DescribeInstancesCommandOutput = await world.ec2.send(
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
    await world.terminate(...seen)
  })

  it('tags machines, shows their status, and hands everything else on', async () => {
    const id = await world.run('/bin/sleep 600')
    await world.until(id, 'running')
    await world.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'late', Value: '1' }] }))
    expect((await world.show(id))?.Tags).toEqual([{ Key: 'late', Value: '1' }])
    const { InstanceStatuses } = await world.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }))
    expect(InstanceStatuses?.[0]?.InstanceStatus?.Status).toBe('ok')
    const { Vpc } = await world.ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
    expect(Vpc?.VpcId).toMatch(/^vpc-/)
    await world.terminate(id)
  })

  it('tells the stock AWS CLI the same', async () => {
    const id = await world.run('poweroff')
    await world.until(id, 'terminated')
    const { stdout } = await promisify(execFile)(
      world.emulator.awsCli,
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
      { env: { ...process.env, ...world.emulator.env, AWS_ENDPOINT_URL_EC2: world.hypervisor.url } },
    )
    expect(stdout.trim()).toBe('terminated')
  })
})
