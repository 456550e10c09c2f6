import { Stack } from 'aws-cdk-lib'
import {
  type GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'
import type { Buckets } from '#infra/constructs/buckets'

/** Isolated subnets and the free S3 gateway endpoint: no NAT, no interface endpoint, no public address, nothing billed by the hour. */
export class Network extends Construct {
  readonly vpc: Vpc
  readonly endpoint: GatewayVpcEndpoint
  readonly securityGroup: SecurityGroup

  constructor(scope: Construct, id: string, { buckets }: { buckets: Buckets }) {
    super(scope, id)
    this.vpc = new Vpc(this, 'vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
    })
    this.endpoint = this.vpc.addGatewayEndpoint('s3', { service: GatewayVpcEndpointAwsService.S3 })
    const ours = [buckets.landing, buckets.results, buckets.artifacts]
    this.endpoint.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:AbortMultipartUpload'],
        resources: ours.map((bucket) => bucket.arnForObjects('*')),
      }),
    )
    this.endpoint.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        // AL2023's package repositories live in S3 (aws-facts).
        resources: [`arn:aws:s3:::al2023-repos-${Stack.of(this).region}-de612dc2/*`],
      }),
    )
    this.securityGroup = new SecurityGroup(this, 'egress', {
      vpc: this.vpc,
      allowAllOutbound: false,
      description: 'Payer file instances: HTTPS out, nothing in; the only route is the S3 gateway endpoint',
    })
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'S3 through the gateway endpoint')
    acknowledge(this.vpc, {
      VPC7: 'No route leaves the VPC but the S3 gateway endpoint, whose requests CloudTrail data events can show; flow logs bill by volume.',
    })
  }
}
