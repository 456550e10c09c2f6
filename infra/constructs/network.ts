import { Stack } from 'aws-cdk-lib'
import {
  CfnVPCEndpoint,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'
import type { Buckets } from '#infra/constructs/buckets'
import type { GivenNetwork } from '#infra/given-network'

type Place = { vpc: IVpc; subnetIds: string[]; endpointId: string }

/** Isolated subnets and the free S3 gateway endpoint: no NAT, no interface endpoint, no public address, nothing billed by the hour. */
export class Network extends Construct {
  readonly subnetIds: string[]
  readonly endpointId: string
  readonly securityGroup: SecurityGroup

  constructor(
    scope: Construct,
    id: string,
    { buckets, given }: { buckets: Buckets; given?: GivenNetwork | undefined },
  ) {
    super(scope, id)
    const rights = this.throughEndpoint(buckets)
    const { vpc, subnetIds, endpointId } = given ? this.given(given, rights) : this.own(rights)
    this.subnetIds = subnetIds
    this.endpointId = endpointId
    this.securityGroup = new SecurityGroup(this, 'egress', {
      vpc,
      allowAllOutbound: false,
      description: 'Payer file instances: HTTPS out, nothing in; the only route is the S3 gateway endpoint',
    })
    const to = given?.prefixListId === undefined ? Peer.anyIpv4() : Peer.prefixList(given.prefixListId)
    this.securityGroup.addEgressRule(to, Port.tcp(443), 'S3 through the gateway endpoint')
  }

  /** Where to a request through the endpoint may lead, whoever makes it. */
  private throughEndpoint(buckets: Buckets): PolicyStatement[] {
    const allow = (actions: string[], resources: string[]) =>
      new PolicyStatement({ effect: Effect.ALLOW, principals: [new AnyPrincipal()], actions, resources })
    const ours = [buckets.landing, buckets.results, buckets.artifacts].map((bucket) => bucket.arnForObjects('*'))
    return [
      allow(['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:AbortMultipartUpload'], ours),
      // AL2023's package repositories live in S3 (aws-facts).
      allow(['s3:GetObject'], [`arn:aws:s3:::al2023-repos-${Stack.of(this).region}-de612dc2/*`]),
    ]
  }

  private own(rights: PolicyStatement[]): Place {
    const vpc = new Vpc(this, 'vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
    })
    const endpoint = vpc.addGatewayEndpoint('s3', { service: GatewayVpcEndpointAwsService.S3 })
    for (const right of rights) endpoint.addToPolicy(right)
    acknowledge(vpc, {
      VPC7: 'No route leaves the VPC but the S3 gateway endpoint, whose requests CloudTrail data events can show; flow logs bill by volume.',
    })
    return { vpc, subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId), endpointId: endpoint.vpcEndpointId }
  }

  /** The operator's VPC gets a security group, and an endpoint where it has none; what it routes and bills stays as it is. */
  private given({ vpcId, subnetIds, routeTableIds, endpointId }: GivenNetwork, statements: PolicyStatement[]): Place {
    // Nothing of ours asks for its zones, but the construct wants some.
    const vpc = Vpc.fromVpcAttributes(this, 'vpc', { vpcId, availabilityZones: [`${Stack.of(this).region}a`] })
    if (endpointId !== undefined) return { vpc, subnetIds, endpointId }
    const endpoint = new CfnVPCEndpoint(this, 's3', {
      vpcId,
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${Stack.of(this).region}.s3`,
      routeTableIds: routeTableIds ?? [],
      policyDocument: new PolicyDocument({ statements }),
    })
    return { vpc, subnetIds, endpointId: endpoint.ref }
  }
}
