import * as z from 'zod'
import type { Context } from '#test/infra/iam/matches'
import type { IamRequest } from '#test/infra/iam/may'
import { ACCOUNT, REGION } from '#test/infra/iam/resolve'

/** A request of an SDK, as it went over the wire. */
export type Wired = { method: string; url: string; headers: Record<string, unknown>; body: string }

/** What is asked of what; a resource has the name that the request gives it, in the account and region of the template. */
export type Asked = Required<IamRequest>

const asked = (action: string, resource: string, context: Context = {}): Asked => ({ action, resource, context })
const ec2Arn = (resource: string): string => `arn:aws:ec2:${REGION}:${ACCOUNT}:${resource}`

type Tables = { TableName: string; IndexName?: string | undefined }
const OneTable = z.object({ TableName: z.string(), IndexName: z.string().optional() })
const ManyTables = z.object({ RequestItems: z.record(z.string(), z.unknown()) })
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), OneTable)) })

const ofDynamoDB = (operation: string, body: unknown): Asked[] => {
  const ofTable = (action: string, { TableName, IndexName }: Tables) =>
    asked(
      `dynamodb:${action}`,
      `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${TableName}${IndexName ? `/index/${IndexName}` : ''}`,
    )
  if (operation === 'TransactWriteItems')
    return Transaction.parse(body)
      .TransactItems.flatMap(Object.entries<Tables>)
      .map(([kind, table]) => ofTable(kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`, table))
  if (!operation.startsWith('Batch')) return [ofTable(operation, OneTable.parse(body))]
  return Object.keys(ManyTables.parse(body).RequestItems).map((TableName) => ofTable(operation, { TableName }))
}

const Queue = z.object({ QueueUrl: z.url() })
/** What an action is called by IAM where that is not the API's own name. */
const ofMany: Record<string, string> = { ChangeMessageVisibilityBatch: 'ChangeMessageVisibility' }

const ofSqs = (operation: string, body: unknown): Asked[] => {
  const name = new URL(Queue.parse(body).QueueUrl).pathname.split('/').at(-1)
  return [asked(`sqs:${ofMany[operation] ?? operation}`, `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`)]
}

const StateMachine = z.object({ stateMachineArn: z.string().optional() })

/** A token names no machine: Mayfly has one. */
const ofStates = (operation: string, body: unknown): Asked[] => {
  const name = StateMachine.parse(body).stateMachineArn?.split(':').at(-1) ?? 'mayfly-payer-file'
  return [asked(`states:${operation}`, `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`)]
}

const Events = z.object({
  Entries: z.array(
    z.object({ EventBusName: z.string().default('default'), Source: z.string(), DetailType: z.string() }),
  ),
})

const ofEvents = (operation: string, body: unknown): Asked[] =>
  Events.parse(body).Entries.map(({ EventBusName, Source, DetailType }) =>
    asked(`events:${operation}`, `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${EventBusName}`, {
      ...{ 'events:source': Source, 'events:detail-type': DetailType },
    }),
  )

const ofTarget: Record<string, (operation: string, body: unknown) => Asked[]> = {
  DynamoDB_20120810: ofDynamoDB,
  AmazonSQS: ofSqs,
  AWSStepFunctions: ofStates,
  AWSEvents: ofEvents,
}

/** The members of a list in EC2's query language: what stands at `name.1.rest`, `name.2.rest` … */
const members = (form: URLSearchParams, name: string, rest = ''): string[] =>
  [...form].flatMap(([key, value]) => (new RegExp(`^${name}\\.\\d+${rest}$`).test(key) ? [value] : []))

const requestTags = (form: URLSearchParams, resourceType: string): Context => {
  const [n] = [...form].flatMap(([key, value]) =>
    value === resourceType ? (/^TagSpecification\.(\d+)\.ResourceType$/.exec(key)?.[1] ?? []) : [],
  )
  const [names, values] = ['Key', 'Value'].map((part) => members(form, `TagSpecification\\.${n}\\.Tag`, `\\.${part}`))
  return Object.fromEntries((names ?? []).map((name, i) => [`aws:RequestTag/${name}`, values?.[i] ?? '']))
}

/** RunInstances is asked once for each resource that it uses or makes, of those that the request itself names. */
const ofRun = (form: URLSearchParams): Asked[] => {
  const template = ec2Arn(`launch-template/${form.get('LaunchTemplate.LaunchTemplateId')}`)
  const subnet = ec2Arn(`subnet/${form.get('SubnetId')}`)
  const run = (resource: string, context: Context = {}) =>
    asked('ec2:RunInstances', resource, { 'ec2:LaunchTemplate': template, ...context })
  const disks = members(form, 'BlockDeviceMapping', '\\.Ebs\\.Encrypted')
  return [
    run(ec2Arn('instance/*'), {
      ...requestTags(form, 'instance'),
      'ec2:InstanceType': form.get('InstanceType') ?? '',
    }),
    ...disks.map((encrypted) =>
      run(ec2Arn('volume/*'), { ...requestTags(form, 'volume'), 'ec2:Encrypted': encrypted }),
    ),
    run(ec2Arn('network-interface/*'), { 'ec2:Subnet': subnet }),
    run(template),
    run(subnet),
    ...(form.get('InstanceMarketOptions.MarketType') === 'spot' ? [run(ec2Arn('spot-instances-request/*'))] : []),
    ...['instance', 'volume'].flatMap((type) =>
      Object.keys(requestTags(form, type)).length === 0
        ? []
        : [asked('ec2:CreateTags', ec2Arn(`${type}/*`), { 'ec2:CreateAction': 'RunInstances' })],
    ),
  ]
}

const ofEc2 = (form: URLSearchParams): Asked[] => {
  const operation = form.get('Action') ?? ''
  if (operation === 'RunInstances') return ofRun(form)
  // The one that knows no resource.
  if (operation === 'DescribeInstances') return [asked('ec2:DescribeInstances', '*')]
  const ids = [...members(form, 'InstanceId'), ...form.getAll('InstanceId')]
  if (ids.length === 0) throw new Error(`no rights are known for ec2:${operation} without instances`)
  return ids.map((id) => asked(`ec2:${operation}`, ec2Arn(`instance/${id}`)))
}

const ofS3 = ({ method, url, headers, body }: Wired): Asked[] => {
  const { pathname, searchParams: asks } = new URL(url, 'http://endpoint')
  const path = decodeURIComponent(pathname.slice(1))
  const arn = (where: string) => `arn:aws:s3:::${where}`
  if (!path.includes('/') || path.endsWith('/'))
    return [asked(asks.has('versions') ? 's3:ListBucketVersions' : 's3:ListBucket', arn(path.replace(/\/$/, '')))]
  const version = asks.has('versionId') ? 'Version' : ''
  if (asks.has('tagging')) {
    if (method !== 'PUT') return [asked(`s3:GetObject${version}Tagging`, arn(path))]
    const names = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name = '']) => name)
    return [asked(`s3:PutObject${version}Tagging`, arn(path), { 's3:RequestObjectTagKeys': names })]
  }
  const source = headers['x-amz-copy-source']
  if (typeof source === 'string') {
    const [from = '', query = ''] = source.replace(/^\//, '').split('?')
    const read = query.startsWith('versionId=') ? 's3:GetObjectVersion' : 's3:GetObject'
    return [asked(read, arn(decodeURIComponent(from))), asked('s3:PutObject', arn(path))]
  }
  if (method === 'DELETE')
    return [asked(asks.has('uploadId') ? 's3:AbortMultipartUpload' : `s3:DeleteObject${version}`, arn(path))]
  return [asked(method === 'GET' || method === 'HEAD' ? `s3:GetObject${version}` : 's3:PutObject', arn(path))]
}

/** What a request asks IAM for, resource by resource. @throws when it is one that nobody has described here */
export const askedRights = (wired: Wired): Asked[] => {
  const target = wired.headers['x-amz-target']
  if (typeof target !== 'string') {
    const form = new URLSearchParams(wired.body)
    return wired.method === 'POST' && form.has('Action') ? ofEc2(form) : ofS3(wired)
  }
  const [api = '', operation = ''] = target.split('.')
  const rights = ofTarget[api]
  if (!rights) throw new Error(`no rights are known for ${target}`)
  return rights(operation, JSON.parse(wired.body))
}
