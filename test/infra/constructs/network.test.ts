import { App, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { Buckets } from '#infra/constructs/buckets'
import { Network } from '#infra/constructs/network'
import { GivenNetwork } from '#infra/given-network'
import { list, record } from '#test/infra/values'

const vpcId = 'vpc-0123456789abcdef0'
const subnetIds = ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1']
const routeTableIds = ['rtb-0123456789abcdef0']
const endpointId = 'vpce-0123456789abcdef0'

const networkOf = (given?: GivenNetwork) => {
  const stack = new Stack(new App(), 'Test')
  const buckets = new Buckets(stack, 'buckets', { removal: RemovalPolicy.DESTROY })
  const network = new Network(stack, 'network', { buckets, given })
  const resources = Object.values(record(Template.fromStack(stack).toJSON()['Resources'])).map(record)
  const of = (type: string) => resources.filter((one) => one['Type'] === type).map((one) => record(one['Properties']))
  const types = [...new Set(resources.map((one) => String(one['Type'])))]
  return { network, of, types: types.filter((type) => type.startsWith('AWS::EC2::')).sort() }
}

describe('our own VPC', () => {
  const { of, types } = networkOf()
  it('is subnets without a way out, and the S3 gateway endpoint', () => {
    expect(types).toEqual([
      ...['AWS::EC2::RouteTable', 'AWS::EC2::SecurityGroup', 'AWS::EC2::Subnet'],
      ...['AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPC', 'AWS::EC2::VPCEndpoint'],
    ])
    expect(of('AWS::EC2::VPCEndpoint').map((one) => one['VpcEndpointType'])).toEqual(['Gateway'])
  })
})

describe('a given VPC', () => {
  it('gets a security group and an S3 gateway endpoint, and keeps its own routes', () => {
    const { network, of, types } = networkOf({ vpcId, subnetIds, routeTableIds })
    expect(types).toEqual(['AWS::EC2::SecurityGroup', 'AWS::EC2::VPCEndpoint'])
    expect(network.subnetIds).toEqual(subnetIds)
    const [endpoint] = of('AWS::EC2::VPCEndpoint')
    expect(endpoint).toMatchObject({ VpcEndpointType: 'Gateway', VpcId: vpcId, RouteTableIds: routeTableIds })
    const [own] = networkOf().of('AWS::EC2::VPCEndpoint')
    expect(endpoint?.['PolicyDocument']).toEqual(own?.['PolicyDocument'])
  })

  it('keeps the endpoint that it has', () => {
    const { network, types } = networkOf({ vpcId, subnetIds, endpointId })
    expect(types).toEqual(['AWS::EC2::SecurityGroup'])
    expect(network.endpointId).toBe(endpointId)
  })

  it.each([
    [{ vpcId, subnetIds, endpointId }, { CidrIp: '0.0.0.0/0' }],
    [{ vpcId, subnetIds, endpointId, prefixListId: 'pl-63a5400a' }, { DestinationPrefixListId: 'pl-63a5400a' }],
  ])('instances in it reach HTTPS only, and nobody reaches them: %o', (given, to) => {
    const { of } = networkOf(given)
    const [group] = of('AWS::EC2::SecurityGroup')
    expect(list(group?.['SecurityGroupIngress'])).toEqual([])
    // A rule to a prefix list is a resource of its own.
    expect([...list(group?.['SecurityGroupEgress']), ...of('AWS::EC2::SecurityGroupEgress')]).toEqual([
      expect.objectContaining({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...to }),
    ])
  })

  it.each([
    [{ vpcId, subnetIds }, 'either routeTableIds'],
    [{ vpcId, subnetIds, routeTableIds, endpointId }, 'either routeTableIds'],
    [{ vpcId, subnetIds: [], endpointId }, 'Too small'],
    [{ vpcId: 'my-vpc', subnetIds, endpointId }, 'is not an id like vpc-'],
  ])('is refused when it cannot be right: %o', (given, says) => {
    expect(() => GivenNetwork.parse(given)).toThrow(says)
  })
})
