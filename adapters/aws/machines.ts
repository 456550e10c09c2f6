import {
  type _InstanceType,
  DescribeInstancesCommand,
  type EC2Client,
  EC2ServiceException,
  GetConsoleOutputCommand,
  type Instance,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import type { Machine, Machines } from '#domain/ports/machines'

const tagList = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

const machineOf = (found: Instance): Machine => ({
  instanceId: found.InstanceId ?? '',
  state: found.State?.Name ?? 'unknown',
  tags: Object.fromEntries((found.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  launchedAt: found.LaunchTime?.getTime() ?? 0,
  ...(found.StateReason?.Code ? { stateReason: found.StateReason.Code } : {}),
})

const unknownInstance = (error: unknown): boolean =>
  error instanceof EC2ServiceException && error.name.startsWith('InvalidInstanceID')

/** The first instance that a description shows. */
const only = async (
  ec2: EC2Client,
  filter: { Name: 'client-token' | 'instance-id'; Values: string[] },
): Promise<Machine | undefined> => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters: [filter] }))
  const [found] = Reservations.flatMap(({ Instances = [] }) => Instances)
  return found && machineOf(found)
}

/** Where Amazon Linux has its root disk. */
const TEMPLATES_DEVICE = '/dev/xvda'

/** Instances in EC2, made from the launch template. */
export const machines = (ec2: EC2Client): Machines => ({
  async run({ candidate, launchTemplate, clientToken, userData, diskGiB, image, rootDevice = TEMPLATES_DEVICE, tags }) {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ClientToken: clientToken,
        LaunchTemplate: { LaunchTemplateId: launchTemplate.id, Version: launchTemplate.version },
        ...(image === undefined ? {} : { ImageId: image }),
        InstanceType: candidate.instanceType as _InstanceType,
        SubnetId: candidate.subnet,
        UserData: Buffer.from(userData).toString('base64'),
        BlockDeviceMappings: [
          // The template's disk would be a second one beside it.
          ...(rootDevice === TEMPLATES_DEVICE ? [] : [{ DeviceName: TEMPLATES_DEVICE, NoDevice: '' }]),
          {
            DeviceName: rootDevice,
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
      if (!unknownInstance(error)) throw error
    }
  },

  // By a filter, not by id: what EC2 does not show is then an empty answer and no error.
  byClientToken: (clientToken) => only(ec2, { Name: 'client-token', Values: [clientToken] }),
  find: (instanceId) => only(ec2, { Name: 'instance-id', Values: [instanceId] }),

  async console(instanceId) {
    try {
      const { Output } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: instanceId }))
      return Output ? Buffer.from(Output, 'base64').toString() : undefined
    } catch (error) {
      if (unknownInstance(error)) return undefined
      throw error
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
    const machines = Reservations.flatMap(({ Instances = [] }) => Instances).map(machineOf)
    return { machines, ...(NextToken ? { next: NextToken } : {}) }
  },
})
