import { type Resource, record } from '#infra/rules/resource'

/** What an update would lose if it replaced it: data, keys to data, facts on their way, executions that wait. */
const types: Record<string, readonly string[]> = {
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  'AWS::KMS::Key': [],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName', 'StateMachineType'],
}

export type Lasting = { id: string; type: string; fixed: Record<string, unknown> }

/** Resources that an update may change and never replace; `fixed`: the properties whose change would replace them. */
export const lastingIn = (resources: readonly Resource[]): Lasting[] =>
  resources.flatMap(({ id, type, properties }) => {
    const names = types[type]
    if (!names) return []
    const fixed = Object.fromEntries(Object.entries(record(properties)).filter(([name]) => names.includes(name)))
    return [{ id, type, fixed }]
  })

/** CloudFormation's stack policy: any update but one that would replace or delete what lasts. */
export const stackPolicy = (lasting: readonly Lasting[]): string =>
  JSON.stringify({
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: ['Update:Replace', 'Update:Delete'],
        Resource: lasting.map(({ id }) => `LogicalResourceId/${id}`),
      },
    ],
  })
