import { type Instance, type InstanceState, stateCodes } from '#local/hypervisor/instance'
import type { Xml } from '#local/hypervisor/xml'

/** The emulator's account: everything it makes belongs to it. */
export const ownerId = '000000000000'

export const stateXml = (state: InstanceState): Xml => ({ code: stateCodes[state], name: state })

/** An instance as DescribeInstances and RunInstances show it. A terminated one has no network any more. */
export function instanceXml(instance: Instance): Xml {
  const hasNetwork = instance.state !== 'terminated'
  return {
    instanceId: instance.id,
    imageId: instance.imageId,
    instanceState: stateXml(instance.state),
    privateDnsName: '',
    dnsName: '',
    reason: instance.transitionReason,
    amiLaunchIndex: instance.index,
    productCodes: [],
    instanceType: instance.instanceType,
    launchTime: instance.launchedAt,
    placement: { availabilityZone: instance.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: hasNetwork ? instance.subnetId : undefined,
    vpcId: hasNetwork ? instance.vpcId : undefined,
    privateIpAddress: hasNetwork ? '127.0.0.1' : undefined,
    stateReason: instance.stateReason,
    // Graviton families carry a g after the generation: t4g, m7g, c7gn.
    architecture: /^[a-z]+\d+g/.test(instance.instanceType) ? 'arm64' : 'x86_64',
    rootDeviceType: 'ebs',
    rootDeviceName: '/dev/xvda',
    blockDeviceMapping: [],
    virtualizationType: 'hvm',
    clientToken: instance.clientToken ?? '',
    tagSet: Object.entries(instance.tags).map(([key, value]) => ({ key, value })),
    hypervisor: 'xen',
    groupSet: hasNetwork ? instance.securityGroupIds.map((groupId) => ({ groupId, groupName: groupId })) : [],
    iamInstanceProfile: instance.profileArn === undefined ? undefined : { arn: instance.profileArn, id: 'AIPALOCAL' },
    instanceLifecycle: instance.spot ? 'spot' : undefined,
    metadataOptions: { state: 'applied', httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
  }
}
