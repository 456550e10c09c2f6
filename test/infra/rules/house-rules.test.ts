import { describe, expect, it } from 'vitest'
import { brokenRules } from '#infra/house-rules'
import type { Resource } from '#infra/rules/resource'

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })
const RUNBOOK = `# Runbook
## inbox-stands-still
**Look.** here. **Do.** that. **Over.** when it is.
## half-a-heading
**Look.** here.
`
const ofType = (type: string, id: string, properties: Record<string, unknown>): Resource => ({
  ...{ type: `AWS::${type}`, id, properties },
})
const tls = (named: Record<string, unknown>, type: string, id: string) =>
  ofType(type, id, {
    ...named,
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  })

const closed = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true }
const alarmOn = (queue: string, id = `alarm${queue}`, more: object = {}) =>
  ofType('CloudWatch::Alarm', id, {
    AlarmDescription: 'Nothing is decided. Runbook: docs/runbook.md#inbox-stands-still',
    AlarmActions: [{ Ref: 'topic' }],
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
    ...more,
  })

/** A small system in order: every rule has something to look at. */
const sound = (): Record<string, Resource> =>
  Object.fromEntries(
    [
      ofType('S3::Bucket', 'landing', { PublicAccessBlockConfiguration: closed }),
      tls({ Bucket: { Ref: 'landing' } }, 'S3::BucketPolicy', 'landingPolicy'),
      ofType('SQS::Queue', 'inbox', { RedrivePolicy: { deadLetterTargetArn: arn('dead'), maxReceiveCount: 3 } }),
      ofType('SQS::Queue', 'dead', {}),
      tls({ Queues: [{ Ref: 'inbox' }, { Ref: 'dead' }] }, 'SQS::QueuePolicy', 'queuePolicy'),
      ofType('Lambda::Function', 'scheduler', { LoggingConfig: { LogGroup: { Ref: 'logs' } } }),
      ofType('Lambda::Function', 'sweep', { LoggingConfig: { LogGroup: { Ref: 'logs' } } }),
      ofType('Logs::LogGroup', 'logs', { RetentionInDays: 90 }),
      ofType('Lambda::EventSourceMapping', 'fromInbox', { EventSourceArn: arn('inbox') }),
      ofType('Lambda::EventSourceMapping', 'fromTable', {
        EventSourceArn: { 'Fn::GetAtt': ['table', 'StreamArn'] },
        ...{ MaximumRetryAttempts: 10, BisectBatchOnFunctionError: true },
        DestinationConfig: { OnFailure: { Destination: arn('dead') } },
      }),
      ofType('Events::Rule', 'rule', { Targets: [{ Arn: arn('inbox'), DeadLetterConfig: { Arn: arn('dead') } }] }),
      ofType('Scheduler::Schedule', 'tick', { Target: { Arn: arn('sweep'), DeadLetterConfig: { Arn: arn('dead') } } }),
      ofType('Lambda::EventInvokeConfig', 'ifSweepFails', {
        FunctionName: { Ref: 'sweep' },
        DestinationConfig: { OnFailure: { Destination: arn('dead') } },
      }),
      ofType('IAM::Policy', 'rights', {
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['sqs:SendMessage', 'kms:ReEncrypt*'], Resource: arn('inbox') },
            { Effect: 'Allow', Action: 'ec2:DescribeInstances', Resource: '*' },
          ],
        },
      }),
      alarmOn('dead'),
    ].map((resource) => [resource.id, resource]),
  )

const broken = (change: (all: Record<string, Resource>) => void) => {
  const all = sound()
  change(all)
  return brokenRules(Object.values(all), RUNBOOK).map(({ rule, id }) => `${rule}: ${id}`)
}
const allowing = (type: string, more: object) =>
  ofType(type, 'added', { PolicyDocument: { Statement: [{ Effect: 'Allow', Resource: arn('inbox'), ...more }] } })

describe('a system in order', () => {
  it('breaks no rule', () => {
    expect(broken(() => {})).toEqual([])
  })
})

type Case = { what: string; change: (all: Record<string, Resource>) => void; says: string[] }
const cases: Case[] = [
  {
    what: 'a bucket that does not block public policies',
    change: (all) => {
      all['landing'] = ofType('S3::Bucket', 'landing', {
        PublicAccessBlockConfiguration: { ...closed, BlockPublicPolicy: false },
      })
    },
    says: ['public-data: landing'],
  },
  {
    what: 'a bucket that says nothing about public access',
    change: (all) => {
      all['landing'] = ofType('S3::Bucket', 'landing', {})
    },
    says: ['public-data: landing'],
  },
  {
    what: 'a bucket policy for everybody',
    change: (all) => {
      all['added'] = allowing('S3::BucketPolicy', { Principal: '*', Action: 's3:GetObject' })
    },
    says: ['public-data: added'],
  },
  {
    what: 'a queue policy for every AWS principal',
    change: (all) => {
      all['added'] = allowing('SQS::QueuePolicy', { Principal: { AWS: '*' }, Action: 'sqs:SendMessage' })
    },
    says: ['public-data: added'],
  },
  {
    what: 'a queue that takes plain HTTP',
    change: (all) => {
      delete all['queuePolicy']
    },
    says: ['plain-transport: inbox', 'plain-transport: dead'],
  },
  {
    what: 'a rule whose target has no dead-letter queue',
    change: (all) => {
      all['rule'] = ofType('Events::Rule', 'rule', { Targets: [{ Arn: arn('inbox') }] })
    },
    says: ['dead-letters: rule'],
  },
  {
    what: 'a schedule without one',
    change: (all) => {
      all['tick'] = ofType('Scheduler::Schedule', 'tick', { Target: { Arn: arn('sweep') } })
    },
    says: ['dead-letters: tick'],
  },
  {
    what: 'an asynchronous function whose failures nobody keeps',
    change: (all) => {
      delete all['ifSweepFails']
    },
    says: ['dead-letters: sweep'],
  },
  {
    what: 'an inbox that gives poison back for ever',
    change: (all) => {
      all['inbox'] = ofType('SQS::Queue', 'inbox', {})
    },
    says: ['dead-letters: inbox'],
  },
  ...['MaximumRetryAttempts', 'BisectBatchOnFunctionError', 'DestinationConfig'].map((property) => ({
    what: `a stream without ${property}`,
    change: (all: Record<string, Resource>) => {
      delete all['fromTable']?.properties[property]
    },
    says: ['dead-letters: fromTable'],
  })),
  {
    what: 'a dead-letter queue that nobody watches',
    change: (all) => {
      delete all['alarmdead']
    },
    says: ['dead-letters: dead'],
  },
  ...['*', 's3:*', 's3:Get*'].map((Action) => ({
    what: `a right to ${Action}`,
    change: (all: Record<string, Resource>) => {
      all['added'] = allowing('IAM::Policy', { Action })
    },
    says: ['star-actions: added'],
  })),
  {
    what: 'a right to * inside a role',
    change: (all) => {
      const PolicyDocument = { Statement: { Effect: 'Allow', Action: '*', Resource: arn('inbox') } }
      all['added'] = ofType('IAM::Role', 'added', { Policies: [{ PolicyName: 'all', PolicyDocument }] })
    },
    says: ['star-actions: added'],
  },
  {
    what: 'a right to delete every table',
    change: (all) => {
      all['added'] = allowing('IAM::Policy', { Action: ['dynamodb:DeleteTable'], Resource: ['*'] })
    },
    says: ['wide-resources: added'],
  },
  {
    what: 'the same inside a role',
    change: (all) => {
      const PolicyDocument = { Statement: { Effect: 'Allow', Action: 's3:DeleteObject', Resource: '*' } }
      all['added'] = ofType('IAM::Role', 'added', { Policies: [{ PolicyName: 'all', PolicyDocument }] })
    },
    says: ['wide-resources: added'],
  },
  ...(['SQS::QueuePolicy', 'SNS::TopicPolicy', 'S3::BucketPolicy'] as const).map((type) => ({
    what: `a ${type} that lets EventBridge in for any account`,
    change: (all: Record<string, Resource>) => {
      all['added'] = allowing(type, { Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' })
    },
    says: ['open-services: added'],
  })),
  {
    what: 'a key that any account’s EventBridge may use',
    change: (all) => {
      const Principal = { Service: ['events.amazonaws.com'] }
      all['key'] = ofType('KMS::Key', 'key', {
        KeyPolicy: { Statement: [{ Effect: 'Allow', Principal, Action: 'kms:Decrypt', Resource: '*' }] },
      })
    },
    says: ['open-services: key'],
  },
  {
    what: 'a function that S3 may call for any account',
    change: (all) => {
      all['may'] = ofType('Lambda::Permission', 'may', {
        Principal: 's3.amazonaws.com',
        FunctionName: { Ref: 'sweep' },
      })
    },
    says: ['open-services: may'],
  },
  {
    what: 'an alarm whose heading is not in the runbook',
    change: (all) => {
      all['a'] = alarmOn('dead', 'a', { AlarmDescription: 'Bad. Runbook: docs/runbook.md#nowhere' })
    },
    says: ['alarm-headings: a'],
  },
  {
    what: 'an alarm whose heading does not say what to do',
    change: (all) => {
      all['a'] = alarmOn('dead', 'a', { AlarmDescription: 'Bad. Runbook: docs/runbook.md#half-a-heading' })
    },
    says: ['alarm-headings: a'],
  },
  {
    what: 'an alarm without a description',
    change: (all) => {
      all['a'] = alarmOn('dead', 'a', { AlarmDescription: undefined })
    },
    says: ['alarm-headings: a'],
  },
  {
    what: 'an alarm that tells nobody',
    change: (all) => {
      all['a'] = alarmOn('dead', 'a', { AlarmActions: [] })
    },
    says: ['alarm-headings: a'],
  },
  {
    what: 'logs that are kept for ever',
    change: (all) => {
      all['logs'] = ofType('Logs::LogGroup', 'logs', {})
    },
    says: ['endless-logs: logs'],
  },
  {
    what: 'a function that logs where nobody cleans up',
    change: (all) => {
      all['scheduler'] = ofType('Lambda::Function', 'scheduler', {})
    },
    says: ['endless-logs: scheduler'],
  },
]

describe('the check fails on', () => {
  it.each(cases)('$what', ({ change, says }) => {
    expect(broken(change)).toEqual(says)
  })
})
