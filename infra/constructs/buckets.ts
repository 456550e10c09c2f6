import { Duration, type RemovalPolicy } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'

/** Where payers drop files, where instances leave results, where processors lie: private, versioned, TLS only. */
export class Buckets extends Construct {
  readonly landing: Bucket
  readonly results: Bucket
  readonly artifacts: Bucket

  constructor(scope: Construct, id: string, { removal }: { removal: RemovalPolicy }) {
    super(scope, id)
    const bucket = (name: string, events: boolean): Bucket => {
      const made = new Bucket(this, name, {
        versioned: true,
        enforceSSL: true,
        minimumTLSVersion: 1.2,
        encryption: BucketEncryption.S3_MANAGED,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removalPolicy: removal,
        lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      })
      // The L1 property; the L2 one (`eventBridgeEnabled`) adds a custom resource and its Lambda.
      if (events && made.node.defaultChild instanceof CfnBucket)
        made.node.defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
      acknowledge(made, {
        S1: 'Access logs come with the environments; until then CloudTrail data events are the operator’s choice.',
      })
      return made
    }
    this.landing = bucket('landing', true)
    this.results = bucket('results', true)
    this.results.addLifecycleRule({
      prefix: 'journal/',
      expiration: Duration.days(30),
      noncurrentVersionExpiration: Duration.days(1),
    })
    this.artifacts = bucket('artifacts', false)
  }
}
