import { Duration, type RemovalPolicy } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'

/** `logDays`: server access logs, kept so long. */
type Keeping = { removal: RemovalPolicy; key?: IKey | undefined; logDays?: number | undefined }

const LOGS =
  'Access logs are a flag of the environment (`accessLogs`), on in prod; off, no bucket bills for what nobody reads.'

/** Where payers drop files, where instances leave results, where processors lie: private, versioned, TLS only. */
export class Buckets extends Construct {
  readonly landing: Bucket
  readonly results: Bucket
  readonly artifacts: Bucket
  private readonly logs: Bucket | undefined
  private readonly keeping: Keeping

  constructor(scope: Construct, id: string, keeping: Keeping) {
    super(scope, id)
    this.keeping = keeping
    // With access control lists, which the buckets refuse, S3 could not deliver.
    this.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true)
    this.logs = keeping.logDays === undefined ? undefined : this.accessLogs(keeping.logDays)
    this.landing = this.bucket('landing', true)
    this.results = this.bucket('results', true)
    // Decisions, and what machines said that never came up: for whoever looks within the month.
    for (const prefix of ['journal/', 'console/'])
      this.results.addLifecycleRule({
        prefix,
        expiration: Duration.days(30),
        noncurrentVersionExpiration: Duration.days(1),
      })
    this.artifacts = this.bucket('artifacts', false)
  }

  private readonly closed = {
    versioned: true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  }

  private bucket(name: string, events: boolean): Bucket {
    const { removal, key } = this.keeping
    const made = new Bucket(this, name, {
      ...this.closed,
      ...(key
        ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      ...(this.logs ? { serverAccessLogsBucket: this.logs, serverAccessLogsPrefix: `${name}/` } : {}),
      removalPolicy: removal,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    })
    // The L1 property; the L2 one (`eventBridgeEnabled`) adds a custom resource and its Lambda.
    if (events && made.node.defaultChild instanceof CfnBucket)
      made.node.defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    if (!this.logs) acknowledge(made, { S1: LOGS })
    return made
  }

  /** S3 delivers access logs to a bucket that it encrypts itself, and to no other. */
  private accessLogs(days: number): Bucket {
    const made = new Bucket(this, 'access-logs', {
      ...this.closed,
      encryption: BucketEncryption.S3_MANAGED,
      removalPolicy: this.keeping.removal,
      lifecycleRules: [
        { expiration: Duration.days(days), noncurrentVersionExpiration: Duration.days(1) },
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
    })
    acknowledge(made, { S1: 'This is the bucket of the access logs itself.' })
    const hipaa = {
      S3BucketLoggingEnabled: 'This is the bucket of the access logs itself.',
      S3DefaultEncryptionKMS: 'S3 delivers access logs only to a bucket that it encrypts with its own key.',
    }
    acknowledge(made, hipaa, 'HIPAA.Security')
    return made
  }
}
