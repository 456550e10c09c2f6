import { Duration } from 'aws-cdk-lib'
import { Alarm, Metric as CloudWatchMetric, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import type { Environment } from '#config/environments/environment'
import { metrics, NAMESPACE } from '#functions/metrics'
import { type AlarmRow, alarmTable, type Watched } from '#infra/alarm-table'
import type { Inbox } from '#infra/constructs/inbox'
import type { Steps } from '#infra/constructs/steps'

type Parts = { inbox: Inbox; steps: Steps; alarms: Environment['alarms']; key?: IKey | undefined }

/** The table of alarms as alarms, all to one topic. Each names its impact and its heading in the runbook. */
export class Alarms extends Construct {
  readonly topic: Topic
  readonly all: Alarm[]

  constructor(scope: Construct, id: string, { inbox, steps, alarms, key }: Parts) {
    super(scope, id)
    this.topic = new Topic(this, 'topic', {
      displayName: 'Mayfly alarms',
      enforceSSL: true,
      ...(key ? { masterKey: key } : {}),
    })
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsAndBudgetsOfThisAccount',
        principals: ['cloudwatch', 'budgets'].map((name) => new ServicePrincipal(`${name}.amazonaws.com`)),
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.topic.stack.account } },
      }),
    )
    for (const email of alarms.emails) this.topic.addSubscription(new EmailSubscription(email))

    const rows: [string, AlarmRow][] = Object.entries(alarmTable(alarms))
    this.all = rows.map(([name, row]) => {
      const alarm = new Alarm(this, name, {
        alarmName: `mayfly-${name}`,
        alarmDescription: `${row.impact} Runbook: docs/runbook.md#${name}`,
        metric: watched(row, { inbox, steps }),
        threshold: row.atLeast ?? row.below ?? 1,
        comparisonOperator:
          row.below === undefined
            ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            : ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: row.periods ?? 1,
        treatMissingData: row.below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
      })
      alarm.addAlarmAction(new SnsAction(this.topic))
      alarm.addOkAction(new SnsAction(this.topic))
      return alarm
    })
  }
}

const watched = ({ watches, statistic, minutes }: AlarmRow, parts: Pick<Parts, 'inbox' | 'steps'>): CloudWatchMetric =>
  new CloudWatchMetric({
    ...subject(watches, parts),
    metricName: watches.metric,
    statistic,
    period: Duration.minutes(minutes),
  })

type Subject = { namespace: string; dimensionsMap?: Record<string, string> }

const subject = (watches: Watched, { inbox, steps }: Pick<Parts, 'inbox' | 'steps'>): Subject => {
  if ('queue' in watches) {
    const queue = watches.queue === 'inbox' ? inbox.queue : inbox[watches.queue]
    return { namespace: 'AWS/SQS', dimensionsMap: { QueueName: queue.queueName } }
  }
  if ('step' in watches)
    return { namespace: 'AWS/Lambda', dimensionsMap: { FunctionName: steps[watches.step].fn.functionName } }
  const described: { unit: string; by?: string } = metrics[watches.metric]
  return {
    namespace: NAMESPACE,
    ...(watches.by === undefined || described.by === undefined
      ? {}
      : { dimensionsMap: { [described.by]: watches.by } }),
  }
}
