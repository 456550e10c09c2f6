import { createHash } from 'node:crypto'
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import { Ec2Error } from '#local/hypervisor/ec2-error'
import type { Instance } from '#local/hypervisor/instance'
import { listOf, type Query, structuresOf, tagsOf } from '#local/hypervisor/query'

/** What the instances of one RunInstances have in common. */
export type LaunchParameters = Omit<
  Instance,
  'id' | 'reservationId' | 'index' | 'state' | 'transitionReason' | 'launchedAt'
>

/** EC2's limit on user data, before base64. */
const USER_DATA_BYTES = 16_384

/** What a RunInstances asks for: its own words first, its launch template's for the rest. */
export async function launchParameters(query: Query, emulator: EC2Client, region: string): Promise<LaunchParameters> {
  const template = await templateOf(query, emulator)
  const data = template.data
  const card = structuresOf(query, 'NetworkInterface')[0]
  const cardOfTemplate = data.NetworkInterfaces?.[0]
  const subnetId = query.get('SubnetId') ?? card?.get('SubnetId') ?? cardOfTemplate?.SubnetId
  const subnet = subnetId === undefined ? undefined : await subnetOf(subnetId, emulator)
  const imageId = query.get('ImageId') ?? data.ImageId
  if (imageId === undefined) throw new Ec2Error('MissingParameter', 'The request must contain the parameter ImageId')
  const clientToken = query.get('ClientToken') ?? undefined
  if (clientToken !== undefined && clientToken.length > 64) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `The client token has ${clientToken.length} characters; at most 64 are right`,
    )
  }
  const groups = [...listOf(query, 'SecurityGroupId'), ...(card === undefined ? [] : listOf(card, 'SecurityGroupId'))]
  const profileArn = query.get('IamInstanceProfile.Arn') ?? data.IamInstanceProfile?.Arn
  const profileName = query.get('IamInstanceProfile.Name') ?? data.IamInstanceProfile?.Name
  const shutdown = query.get('InstanceInitiatedShutdownBehavior') ?? data.InstanceInitiatedShutdownBehavior
  return {
    ...(clientToken && { clientToken }),
    requestHash: hashOf(query),
    imageId,
    instanceType: query.get('InstanceType') ?? data.InstanceType ?? 'm1.small',
    zone: subnet?.zone ?? query.get('Placement.AvailabilityZone') ?? data.Placement?.AvailabilityZone ?? `${region}a`,
    ...(subnetId && { subnetId }),
    ...(subnet?.vpcId && { vpcId: subnet.vpcId }),
    securityGroupIds: groups.length > 0 ? groups : (cardOfTemplate?.Groups ?? data.SecurityGroupIds ?? []),
    ...(profileArn && { profileArn }),
    ...(profileName && { profileName }),
    spot: (query.get('InstanceMarketOptions.MarketType') ?? data.InstanceMarketOptions?.MarketType) === 'spot',
    // EC2's default is stop, the expensive one.
    shutdownBehavior: shutdown === 'terminate' ? 'terminate' : 'stop',
    tags: { ...tagsOfTemplate(data), ...template.tags, ...tagsOfRequest(query) },
    userData: userDataOf(query.get('UserData') ?? data.UserData ?? ''),
  }
}

async function templateOf(
  query: Query,
  emulator: EC2Client,
): Promise<{ data: ResponseLaunchTemplateData; tags: Record<string, string> }> {
  const id = query.get('LaunchTemplate.LaunchTemplateId')
  const name = query.get('LaunchTemplate.LaunchTemplateName')
  if (id === null && name === null) return { data: {}, tags: {} }
  const version = query.get('LaunchTemplate.Version') ?? '$Default'
  const { LaunchTemplateVersions } = await emulator
    .send(
      new DescribeLaunchTemplateVersionsCommand({
        ...(id === null ? { LaunchTemplateName: String(name) } : { LaunchTemplateId: id }),
        Versions: [version],
      }),
    )
    .catch(asEc2Error)
  const found = LaunchTemplateVersions?.[0]
  if (found === undefined) {
    const message = `Could not find the specified version ${version} for the launch template ${id ?? name}`
    throw new Ec2Error('InvalidLaunchTemplateId.VersionNotFound', message)
  }
  return {
    data: found.LaunchTemplateData ?? {},
    tags: {
      'aws:ec2launchtemplate:id': found.LaunchTemplateId ?? '',
      'aws:ec2launchtemplate:version': String(found.VersionNumber),
    },
  }
}

async function subnetOf(subnetId: string, emulator: EC2Client): Promise<{ zone?: string; vpcId?: string }> {
  const { Subnets } = await emulator.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] })).catch(asEc2Error)
  const subnet = Subnets?.[0]
  if (subnet === undefined) {
    throw new Ec2Error('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`)
  }
  return {
    ...(subnet.AvailabilityZone && { zone: subnet.AvailabilityZone }),
    ...(subnet.VpcId && { vpcId: subnet.VpcId }),
  }
}

/** What the emulator refuses, our caller is refused in the same words. */
function asEc2Error(error: unknown): never {
  if (error instanceof Error && '$metadata' in error) throw new Ec2Error(error.name, error.message)
  throw error
}

function tagsOfTemplate(data: ResponseLaunchTemplateData): Record<string, string> {
  const tags = data.TagSpecifications?.filter((it) => it.ResourceType === 'instance').flatMap((it) => it.Tags ?? [])
  return Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']))
}

function tagsOfRequest(query: Query): Record<string, string> {
  const forInstances = structuresOf(query, 'TagSpecification').filter((it) => it.get('ResourceType') === 'instance')
  return Object.assign({}, ...forInstances.map(tagsOf))
}

function userDataOf(base64: string): string {
  const compact = base64.replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')
  }
  const bytes = Buffer.from(compact, 'base64').length
  if (bytes > USER_DATA_BYTES) {
    throw new Ec2Error('InvalidParameterValue', `User data is limited to ${USER_DATA_BYTES} bytes, not ${bytes}`)
  }
  return compact
}

function hashOf(query: Query): string {
  const parameters = [...query].filter(([name]) => name !== 'ClientToken').sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(parameters)).digest('hex')
}
