import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2'
import { CfnInstanceProfile, CfnRole, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { Buckets } from '#infra/constructs/buckets'
import type { Network } from '#infra/constructs/network'

/** IAM's own variable for `<role id>:<instance id>`; IAM fills it in, not we. */
const USER_ID = `\${aws:userid}`

/** What every instance has in common: image, role, network, metadata rules. What it does comes as user data. */
export class InstanceShell extends Construct {
  readonly role: Role
  readonly roleId: string
  readonly profileArn: string
  readonly launchTemplate: CfnLaunchTemplate

  constructor(scope: Construct, id: string, { buckets, network }: { buckets: Buckets; network: Network }) {
    super(scope, id)
    this.role = new Role(this, 'role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: 'A payer file instance: reads the one version tagged for it, writes below its own prefix',
    })
    const fromHere = { 'aws:SourceVpce': network.endpointId }
    const own = `${buckets.results.bucketArn}/runs/${USER_ID}`
    const allow = (actions: string[], resources: string[], StringEquals: Record<string, string>) =>
      this.role.addToPolicy(
        new PolicyStatement({ effect: Effect.ALLOW, actions, resources, conditions: { StringEquals } }),
      )
    allow(['s3:GetObjectVersion'], [buckets.landing.arnForObjects('*')], {
      ...fromHere,
      's3:ExistingObjectTag/mayfly-reader': USER_ID,
    })
    allow(['s3:GetObject'], [buckets.artifacts.arnForObjects('processors/*'), `${own}/in/*`], fromHere)
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], [`${own}/*`], fromHere)
    const profile = new CfnInstanceProfile(this, 'profile', { roles: [this.role.roleName] })
    this.profileArn = profile.attrArn
    this.roleId = this.role.node.defaultChild instanceof CfnRole ? this.role.node.defaultChild.attrRoleId : ''

    this.launchTemplate = new CfnLaunchTemplate(this, 'template', {
      launchTemplateData: {
        imageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
        iamInstanceProfile: { arn: profile.attrArn },
        securityGroupIds: [network.securityGroup.securityGroupId],
        instanceInitiatedShutdownBehavior: 'terminate',
        metadataOptions: {
          httpTokens: 'required',
          httpEndpoint: 'enabled',
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: 'disabled',
        },
        blockDeviceMappings: [
          {
            deviceName: '/dev/xvda',
            ebs: { volumeType: 'gp3', volumeSize: 20, encrypted: true, deleteOnTermination: true },
          },
        ],
      },
    })
  }
}
