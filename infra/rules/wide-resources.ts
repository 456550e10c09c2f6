import { documentsOf, type Resource, type Rule, statementsOf } from '#infra/rules/resource'

/** What AWS cannot narrow to a resource (its service authorization reference): read-only, or the account's own telemetry. */
const unscoped = [
  'dynamodb:ListStreams',
  'ec2:DescribeInstances',
  ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  // A state machine delivers its log by these: AWS's own text on its logging asks for every one of them on `*`.
  ...['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'].map(
    (action) => `logs:${action}`,
  ),
  ...['logs:PutResourcePolicy', 'logs:DescribeResourcePolicies', 'logs:DescribeLogGroups'],
]

const wide = (resource: Resource): string[] =>
  resource.type.startsWith('AWS::IAM::')
    ? documentsOf(resource)
        .flatMap(statementsOf)
        .filter(({ allows, resources }) => allows && resources.includes('*'))
        .flatMap(({ actions }) => actions)
        .filter((action) => !unscoped.includes(action))
    : []

/** Nobody may do anything to everything: cdk-nag's finding on `*` is accepted for a whole stack, this holds its actions. */
export const wideResources: Rule = (resources) =>
  resources.flatMap((resource) => {
    const actions = [...new Set(wide(resource))]
    return actions.length === 0
      ? []
      : [{ id: resource.id, sentence: `It allows ${actions.join(', ')} on every resource (*); name the resources.` }]
  })
