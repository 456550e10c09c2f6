import { Duration } from 'aws-cdk-lib'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'

/** The one queue that every fact and every request enters, and the queues for what could not be delivered. */
export class Inbox extends Construct {
  readonly queue: Queue
  /** Messages that the scheduler received a hundred times and could not acknowledge. */
  readonly dead: Queue
  /** Events that did not reach their target: played back as they are. */
  readonly undelivered: Queue
  /** Where in a stream the edits stand that `reconfigure` could not pass on. */
  readonly unreadEdits: Queue
  /** Ticks and progress whose function failed: the next one makes up for them. */
  readonly failedRuns: Queue

  constructor(scope: Construct, id: string, { key }: { key?: IKey | undefined } = {}) {
    super(scope, id)
    const common = {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...(key
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key, dataKeyReuse: Duration.hours(1) }
        : { encryption: QueueEncryption.SQS_MANAGED }),
    }
    const deadLetters = (name: string, more: { fifo?: true } = {}): Queue => {
      const queue = new Queue(this, name, { ...common, ...more })
      acknowledge(queue, { SQS3: 'This is a dead-letter queue itself.' })
      return queue
    }
    this.dead = deadLetters('dead', { fifo: true })
    this.undelivered = deadLetters('undelivered')
    this.unreadEdits = deadLetters('unread-edits')
    this.failedRuns = deadLetters('failed-runs')
    this.queue = new Queue(this, 'queue', {
      ...common,
      fifo: true,
      contentBasedDeduplication: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // Six times the function's timeout (AWS's rule for event source mappings); shortened to 2 s on caught errors.
      visibilityTimeout: Duration.seconds(90),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: 100 },
    })
  }

  /** Every queue in which something may lie that nobody works on. */
  get deadLetterQueues(): Record<string, Queue> {
    const { dead, undelivered, unreadEdits, failedRuns } = this
    return { dead, undelivered, unreadEdits, failedRuns }
  }
}
