import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

/** One key of the customer's for everything at rest; only where the environment says `customer-key`. */
export class DataKey extends Construct {
  readonly key: Key

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const { account, region } = Stack.of(this)
    this.key = new Key(this, 'key', {
      description: 'Mayfly: buckets, tables, queues, logs and alarms',
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      // Without it everything encrypted with it is gone, whatever retains the tables and buckets.
      removalPolicy: RemovalPolicy.RETAIN,
    })
    // Scheduler and Lambda deliver as roles of ours, which may use the key by their own policies.
    const services = ['events', 'cloudwatch', 'budgets'].map((name) => `${name}.amazonaws.com`)
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ServicesThatDeliverIntoQueuesAndTopics',
        principals: services.map((name) => new ServicePrincipal(name)),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    )
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogGroupsOfThisAccount',
        principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
        actions: [
          'kms:Decrypt',
          'kms:Encrypt',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
          'kms:GenerateDataKey',
          'kms:DescribeKey',
        ],
        resources: ['*'],
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:*` },
        },
      }),
    )
  }

  /** Who works with the data works with the key; no condition on where from, for S3 and DynamoDB call KMS themselves. */
  letUse(...grantees: IGrantable[]): void {
    for (const grantee of grantees)
      grantee.grantPrincipal.addToPrincipalPolicy(
        new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.key.keyArn] }),
      )
  }
}
