import { Duration } from 'aws-cdk-lib'
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  Metric as CloudWatchMetric,
  GraphWidget,
  type IMetric,
  MathExpression,
  Row,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { type Metric, metrics, NAMESPACE } from '#functions/metrics'
import type { Inbox } from '#infra/constructs/inbox'
import type { Steps } from '#infra/constructs/steps'

const five = Duration.minutes(5)

const ours = (metricName: Metric, statistic = 'Sum', period = five): IMetric =>
  new CloudWatchMetric({ namespace: NAMESPACE, metricName, statistic, period, label: metricName })

/** One line for every value that the metric's dimension has had, whatever they are. */
const split = (metricName: Metric, statistic: string): IMetric => {
  const described: { unit: string; by?: string } = metrics[metricName]
  return new MathExpression({
    expression: `SEARCH('{${NAMESPACE},${described.by}} MetricName="${metricName}"', '${statistic}', 300)`,
    usingMetrics: {},
    label: '',
    period: five,
  })
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6 })

const heading = (question: string, where: string): TextWidget =>
  new TextWidget({ markdown: `## ${question}\n${where}`, width: 24, height: 2 })

/** Four questions of whoever is on call, each with what answers it. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { inbox, steps, alarms }: { inbox: Inbox; steps: Steps; alarms: Alarm[] }) {
    super(scope, id)
    const dead = Object.values(inbox.deadLetterQueues).map((queue) =>
      queue.metricApproximateNumberOfMessagesVisible({ period: five }),
    )
    const all = Object.values(steps.all)
    const rows = [
      [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 5 })],
      [heading('Is anything stuck?', '`mayfly status`; `mayfly explain <job>` says what one file waits for.')],
      [
        graph('Age of the oldest message in the inbox', [
          inbox.queue.metricApproximateAgeOfOldestMessage({ period: five }),
        ]),
        graph('Set aside', [...dead, ours('Quarantined'), ours('Troubled'), ours('Undecided')]),
        graph('Files', [ours('Arrived'), ours('Admitted'), ours('Succeeded')], [ours('Rejected'), ours('Failed')]),
      ],
      [
        heading(
          'Is anything orphaned?',
          'What the sweep found that nobody had announced: a healthy system gives it nothing.',
        ),
      ],
      [
        graph('Found by the sweep', [split('Swept', 'Sum')]),
        graph('Machines lost, turns given back', [ours('Lost'), ours('CapacityRefused'), ours('Retried')]),
        graph(
          'Errors of functions',
          all.map(({ fn }) => fn.metricErrors({ period: five })),
        ),
      ],
      [heading('What does it cost?', '`mayfly idle-cost` says what it costs when nothing happens.')],
      [
        graph('US dollars of machines, by payer', [split('CostUsd', 'Sum')]),
        graph('Useful of billed seconds, percent', [ours('BurstEfficiency', 'p50'), ours('BurstEfficiency', 'p10')]),
        graph('Seconds from turn to running machine', [
          ours('LaunchLatency', 'p50'),
          ours('LaunchLatency', 'p90'),
          ours('LaunchLatency', 'Maximum'),
        ]),
        graph(
          'Function time, milliseconds',
          all.map(({ fn }) => fn.metricDuration({ period: five, statistic: 'p90' })),
        ),
      ],
      [heading('Who waits for whom?', 'By reason; docs/runbook.md says what moves each.')],
      [
        graph('Waiting, by reason', [split('Waiting', 'Maximum')]),
        graph('Oldest, seconds, by reason', [split('OldestWaitingSeconds', 'Maximum')]),
        graph(
          'Oldest behind a closed gate, seconds',
          [ours('GateHeldSeconds', 'Maximum')],
          [ours('WaitedSeconds', 'p90')],
        ),
      ],
    ]
    new CloudWatchDashboard(this, 'board', {
      dashboardName: 'mayfly',
      defaultInterval: Duration.hours(12),
      widgets: rows.map((widgets) => [new Row(...widgets)]),
    })
  }
}
