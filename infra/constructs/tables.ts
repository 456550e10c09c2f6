import type { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, StreamViewType, Table, type TableProps } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'

const text = (name: string) => ({ name, type: AttributeType.STRING })

/** Two tables for people to edit, one for people to read, one that only the scheduler understands. */
export class Tables extends Construct {
  readonly payerPriority: Table
  readonly capacityPools: Table
  readonly jobs: Table
  readonly schedule: Table

  constructor(scope: Construct, id: string, { removal }: { removal: RemovalPolicy }) {
    super(scope, id)
    const table = (name: string, props: TableProps): Table =>
      new Table(this, name, {
        billingMode: BillingMode.PAY_PER_REQUEST,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        removalPolicy: removal,
        ...props,
      })
    const stream = { stream: StreamViewType.NEW_AND_OLD_IMAGES }
    this.payerPriority = table('payer-priority', {
      partitionKey: text('payerId'),
      sortKey: text('fileType'),
      ...stream,
    })
    this.capacityPools = table('capacity-pools', { partitionKey: text('pool'), ...stream })
    this.jobs = table('jobs', { partitionKey: text('jobId') })
    this.schedule = table('schedule', {
      partitionKey: text('PK'),
      sortKey: text('SK'),
      timeToLiveAttribute: 'expiresAt',
    })
  }
}
