import {
  type _InstanceType,
  DescribeInstancesCommand,
  type EC2Client,
  EC2ServiceException,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import type { Machines } from '#domain/ports/machines'

const tagList = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** Instances in EC2, made from the launch template. */
export const machines = (ec2: EC2Client): Machines => ({
  async run({ candidate, launchTemplate, clientToken, userData, diskGiB, tags }) {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ClientToken: clientToken,
        LaunchTemplate: { LaunchTemplateId: launchTemplate.id, Version: launchTemplate.version },
        InstanceType: candidate.instanceType as _InstanceType,
        SubnetId: candidate.subnet,
        UserData: Buffer.from(userData).toString('base64'),
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: { VolumeSize: diskGiB, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
          },
        ],
        ...(candidate.market === 'spot'
          ? { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { SpotInstanceType: 'one-time' } } }
          : {}),
        TagSpecifications: [
          { ResourceType: 'instance', Tags: tagList(tags) },
          { ResourceType: 'volume', Tags: tagList(tags) },
        ],
      }),
    )
    const instanceId = Instances?.[0]?.InstanceId
    if (instanceId === undefined) throw new Error('RunInstances answered without an instance id')
    return instanceId
  },

  async terminate(instanceId) {
    try {
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))
    } catch (error) {
      if (!(error instanceof EC2ServiceException && error.name.startsWith('InvalidInstanceID'))) throw error
    }
  },

  async list(next) {
    const { Reservations = [], NextToken } = await ec2.send(
      new DescribeInstancesCommand({
        Filters: [{ Name: 'tag:app', Values: ['mayfly'] }],
        MaxResults: 1000,
        ...(next === undefined ? {} : { NextToken: next }),
      }),
    )
    const machines = Reservations.flatMap(({ Instances = [] }) => Instances).map((found) => ({
      instanceId: found.InstanceId ?? '',
      state: found.State?.Name ?? 'unknown',
      tags: Object.fromEntries((found.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
      launchedAt: found.LaunchTime?.getTime() ?? 0,
    }))
    return { machines, ...(NextToken ? { next: NextToken } : {}) }
  },
})
