import type { Resource } from '#test/infra/template'
import { list, record } from '#test/infra/values'

export const ACCOUNT = '111122223333'
export const REGION = 'us-east-1'

const pseudo: Record<string, string> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Mayfly',
}

/** The ARNs that CloudFormation would answer for a resource called by its logical id. */
const arns: Record<string, (id: string) => string> = {
  'AWS::S3::Bucket': (id) => `arn:aws:s3:::${id}`,
  'AWS::DynamoDB::Table': (id) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${id}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  'AWS::IAM::Role': (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
  'AWS::IAM::InstanceProfile': (id) => `arn:aws:iam::${ACCOUNT}:instance-profile/${id}`,
  'AWS::Logs::LogGroup': (id) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${id}:*`,
}

const attribute = ([id, name]: unknown[], resources: readonly Resource[]): string => {
  const type = resources.find((resource) => resource.id === id)?.type ?? ''
  const arn = arns[type]
  return name === 'Arn' && arn ? arn(String(id)) : `${id}.${name}`
}

/** A template's value with its references put: a resource is called by its logical id, whatever refers to it. */
export const resolved = (value: unknown, resources: readonly Resource[]): unknown => {
  if (Array.isArray(value)) return value.map((one) => resolved(one, resources))
  if (typeof value !== 'object' || value === null) return value
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value)
  if (more.length === 0 && name === 'Ref') return pseudo[String(argument)] ?? String(argument)
  if (more.length === 0 && name === 'Fn::GetAtt') return attribute(list(argument), resources)
  if (more.length === 0 && name === 'Fn::Join') {
    const [separator, parts] = list(argument)
    return list(resolved(parts, resources)).join(String(separator))
  }
  if (more.length === 0 && name.startsWith('Fn::')) throw new Error(`${name} is not resolved here`)
  return Object.fromEntries(Object.entries(record(value)).map(([key, one]) => [key, resolved(one, resources)]))
}
