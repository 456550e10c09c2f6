import type { RemovalPolicy } from 'aws-cdk-lib'
import {
  AttributeType,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'

const text = (name: string) => ({ name, type: AttributeType.STRING })

/** `guarded`: a table cannot be deleted before somebody says in so many words that it may. */
type Keeping = { removal: RemovalPolicy; key?: IKey | undefined; guarded?: boolean }

/** Two tables for people to edit, one for people to read, one that only the scheduler understands. */
export class Tables extends Construct {
  readonly payerPriority: Table
  readonly capacityPools: Table
  readonly jobs: Table
  readonly schedule: Table

  constructor(scope: Construct, id: string, { removal, key, guarded }: Keeping) {
    super(scope, id)
    const table = (name: string, props: TableProps): Table =>
      new Table(this, name, {
        billingMode: BillingMode.PAY_PER_REQUEST,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        removalPolicy: removal,
        ...(guarded ? { deletionProtection: true } : {}),
        ...(key ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key } : {}),
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
