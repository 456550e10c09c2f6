import { Duration } from 'aws-cdk-lib'
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'

/** The one queue that every fact and every request enters, and the queues for what could not be delivered. */
export class Inbox extends Construct {
  readonly queue: Queue
  /** Events, stream records and ticks that did not reach their target. */
  readonly undelivered: Queue

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const common = { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED, retentionPeriod: Duration.days(14) }
    const dead = new Queue(this, 'dead', { ...common, fifo: true })
    this.undelivered = new Queue(this, 'undelivered', common)
    this.queue = new Queue(this, 'queue', {
      ...common,
      fifo: true,
      contentBasedDeduplication: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // Six times the function's timeout (AWS's rule for event source mappings); shortened to 2 s on caught errors.
      visibilityTimeout: Duration.seconds(90),
      deadLetterQueue: { queue: dead, maxReceiveCount: 100 },
    })
    acknowledge(this.undelivered, { SQS3: 'This is a dead-letter queue itself.' })
    acknowledge(dead, { SQS3: 'This is a dead-letter queue itself.' })
  }
}
