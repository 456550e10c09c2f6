import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

/** Told at 80 % and 100 % of what is spent, and when AWS expects more than 100 % by the end of the month. */
const tellings = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'ACTUAL', threshold: 100 },
  { notificationType: 'FORECASTED', threshold: 100 },
]

/** AWS's own count of everything tagged app=mayfly; hours late, but it forgets nothing. The first two budgets are free. */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { usd, topic }: { usd: number; topic: ITopic }) {
    super(scope, id)
    new CfnBudget(this, 'budget', {
      budget: {
        budgetName: 'mayfly-monthly',
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: usd, unit: 'USD' },
        // Counts from the day on which `app` is activated as a cost allocation tag (docs/security.md says who does that).
        costFilters: { TagKeyValue: ['user:app$mayfly'] },
      },
      notificationsWithSubscribers: tellings.map((telling) => ({
        notification: { ...telling, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
        subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
      })),
    })
  }
}
