import { Duration, Stack } from 'aws-cdk-lib'
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Construct } from 'constructs'
import type { Buckets } from '#infra/constructs/buckets'
import type { Inbox } from '#infra/constructs/inbox'
import type { PayerFileMachine } from '#infra/constructs/payer-file-machine'
import type { Steps } from '#infra/constructs/steps'
import type { Tables } from '#infra/constructs/tables'

type Parts = { buckets: Buckets; tables: Tables; inbox: Inbox; steps: Steps; machine: PayerFileMachine }

/** Everything that happens, and how it reaches the inbox or the function that it concerns. */
export class Events extends Construct {
  /** Starts `sweep`, and keeps ticks that could not be delivered: Scheduler sends to a queue as the role of its target. */
  readonly clock: Role

  constructor(scope: Construct, id: string, { buckets, tables, inbox, steps, machine }: Parts) {
    super(scope, id)
    const delivery = { deadLetterQueue: inbox.undelivered, retryAttempts: 185, maxEventAge: Duration.hours(24) }
    const toInbox = (name: string, messageGroupId: 'landed' | 'facts', eventPattern: EventPattern) =>
      new Rule(this, name, { eventPattern, targets: [new SqsQueue(inbox.queue, { messageGroupId, ...delivery })] })
    const objects = (bucket: string, detailType: string[], key?: unknown[]): EventPattern => ({
      source: ['aws.s3'],
      detailType,
      detail: { bucket: { name: [bucket] }, ...(key ? { object: { key } } : {}) },
    })

    toInbox('landed', 'landed', objects(buckets.landing.bucketName, ['Object Created', 'Object Deleted']))
    toInbox('result', 'facts', objects(buckets.results.bucketName, ['Object Created'], [{ suffix: '/result.json' }]))
    toInbox('instance', 'facts', {
      source: ['aws.ec2'],
      detailType: ['EC2 Instance State-change Notification'],
      detail: { state: ['running', 'stopped', 'terminated'] },
    })
    toInbox('spot-warning', 'facts', {
      source: ['aws.ec2'],
      detailType: ['EC2 Spot Instance Interruption Warning'],
    })
    toInbox('execution-ended', 'facts', {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.arn], status: ['FAILED', 'ABORTED', 'TIMED_OUT'] },
    })
    new Rule(this, 'progress', {
      eventPattern: objects(buckets.results.bucketName, ['Object Created'], [{ suffix: '/progress.json' }]),
      targets: [new LambdaFunction(steps.progress.fn, { deadLetterQueue: inbox.undelivered, retryAttempts: 2 })],
    })

    // EventBridge and Scheduler hand over and go: what fails in the function itself is Lambda's to keep.
    for (const { fn } of [steps.progress, steps.sweep])
      fn.configureAsyncInvoke({ onFailure: new SqsDestination(inbox.failedRuns), retryAttempts: 1 })

    steps.schedule.fn.addEventSource(
      new SqsEventSource(inbox.queue, { batchSize: 10, maxConcurrency: 2, reportBatchItemFailures: true }),
    )
    for (const table of [tables.payerPriority, tables.capacityPools])
      steps.reconfigure.fn.addEventSource(
        new DynamoEventSource(table, {
          startingPosition: StartingPosition.TRIM_HORIZON,
          batchSize: 100,
          bisectBatchOnError: true,
          retryAttempts: 10,
          onFailure: new SqsDlq(inbox.unreadEdits),
        }),
      )
    const { account } = Stack.of(this)
    this.clock = new Role(this, 'clock', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    })
    new Schedule(this, 'sweep', {
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(steps.sweep.fn, {
        ...{ deadLetterQueue: inbox.failedRuns, retryAttempts: 2, role: this.clock },
      }),
      description: `Mayfly's sweep in ${Stack.of(this).stackName}: due times and what nobody announced`,
    })
  }
}
