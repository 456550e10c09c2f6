import * as z from 'zod'

/** A request of an SDK, as it went over the wire. */
export type Wired = { method: string; url: string; headers: Record<string, unknown>; body: string }

const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) })
const prefixes: Record<string, string> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSStepFunctions: 'states',
  AmazonSSM: 'ssm',
  AWSEvents: 'events',
}
/** What an action is called by IAM where that is not the API's own name. */
const named: Record<string, string[]> = {
  'sqs:ChangeMessageVisibilityBatch': ['sqs:ChangeMessageVisibility'],
  // From our template: with its profile, its tags, and an image that Systems Manager names.
  'ec2:RunInstances': ['ec2:RunInstances', 'ec2:CreateTags', 'iam:PassRole', 'ssm:GetParameters'],
}

const ofBucket = ({ method, url, headers }: Wired): string[] => {
  const { pathname, searchParams: asks } = new URL(url, 'http://endpoint')
  const key = pathname.split('/').slice(2).join('/')
  if (key === '') return [asks.has('versions') ? 's3:ListBucketVersions' : 's3:ListBucket']
  const version = asks.has('versionId') ? 'Version' : ''
  if (asks.has('tagging')) return [method === 'PUT' ? `s3:PutObject${version}Tagging` : `s3:GetObject${version}Tagging`]
  if (headers['x-amz-copy-source']) return ['s3:GetObject', 's3:PutObject']
  if (method === 'DELETE') return [asks.has('uploadId') ? 's3:AbortMultipartUpload' : `s3:DeleteObject${version}`]
  return [method === 'GET' || method === 'HEAD' ? `s3:GetObject${version}` : 's3:PutObject']
}

/** The IAM actions that a request asks for. @throws when it is one that nobody has described here */
export const askedRights = (wired: Wired): string[] => {
  const target = wired.headers['x-amz-target']
  if (typeof target === 'string') {
    const [api = '', operation = ''] = target.split('.')
    const service = prefixes[api]
    if (!service) throw new Error(`no rights are known for ${target}`)
    if (operation !== 'TransactWriteItems') return named[`${service}:${operation}`] ?? [`${service}:${operation}`]
    const { TransactItems } = Transaction.parse(JSON.parse(wired.body))
    const kinds = TransactItems.flatMap((item) => Object.keys(item))
    return kinds.map((kind) => (kind === 'ConditionCheck' ? 'dynamodb:ConditionCheckItem' : `dynamodb:${kind}Item`))
  }
  const action = new URLSearchParams(wired.body).get('Action')
  if (wired.method === 'POST' && action) return named[`ec2:${action}`] ?? [`ec2:${action}`]
  return ofBucket(wired)
}
