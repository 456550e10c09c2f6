import { MONTH_HOURS } from '#domain/prices'

/** A resource of a synthesised template. */
export type TemplateResource = { id: string; type: string; properties: Record<string, unknown> }

/** So many units of what the price table calls `service`, in a month without a file. */
export type Use = {
  what: string
  service: string
  units: number
  basis: string
  /** AWS's free tier would cover it (as far as this account has not used it up). */
  freeTier?: true
  /** Not part of the stack's own running: listed apart. */
  apart?: true
}

export type Rule = (resource: TemplateResource, all: readonly TemplateResource[]) => Use[]

const MONTH_MINUTES = MONTH_HOURS * 60

/** What one look of the sweep, and one tick of the scheduler every fifth minute, takes when there is nothing. Warm, arm64: estimates. */
const look = { seconds: 0.15, readUnits: 2 }
const fifth = { lookReadUnits: 5, seconds: 0.1, readUnits: 3, ownLogBytes: 800, queueRequests: 2 }
/** Lambda's own lines of a run, START and REPORT as JSON. */
const RUNTIME_LOG_BYTES = 750
/** Five pollers, each waiting 20 s: 15 empty receives a minute, the dear end of what others measured (10–15). */
const EMPTY_RECEIVES = 15

const text = (value: unknown): string => JSON.stringify(value ?? '')
const named = (resource: TemplateResource, value: unknown): boolean => text(value).includes(`"${resource.id}"`)
const gibOf = ({ properties }: TemplateResource): number => Number(properties['MemorySize'] ?? 128) / 1024
const secondsOn = ({ properties }: TemplateResource): string =>
  text(properties['Architectures']).includes('arm64') ? 'lambdaArmGbSecond' : 'lambdaX86GbSecond'

const runtimeLog = ({ properties }: TemplateResource): number =>
  text(properties['LoggingConfig']).includes('"SystemLogLevel":"WARN"') ? 0 : RUNTIME_LOG_BYTES

const runs = (fn: TemplateResource, name: string, times: number, seconds: number): Use[] => [
  { what: `${name}: requests`, service: 'lambdaRequest', units: times, basis: `${times} a month`, freeTier: true },
  {
    ...{ what: `${name}: memory × time`, service: secondsOn(fn), units: times * gibOf(fn) * seconds },
    ...{ basis: `${seconds} s each with ${gibOf(fn)} GiB (estimate)`, freeTier: true },
  },
]

/** @throws on an expression that is not a rate in minutes */
const timesAMonth = (expression: unknown): number => {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(String(expression)) ?? []
  if (minutes === undefined)
    throw new Error(`schedule ${text(expression)} is no rate in minutes; idle-cost counts those`)
  return MONTH_MINUTES / Number(minutes)
}

/** The schedule that runs `sweep`, and what `sweep` starts in turn: a tick through the inbox every fifth minute. */
const schedule: Rule = ({ properties }, all) => {
  const times = timesAMonth(properties['ScheduleExpression'])
  const functions = all.filter(({ type }) => type === 'AWS::Lambda::Function')
  const target = functions.find((fn) => named(fn, properties['Target']))
  const mapping = all.find(({ type, id }) => type === 'AWS::Lambda::EventSourceMapping' && id.includes('Sqs'))
  const reader = functions.find((fn) => named(fn, mapping?.properties['FunctionName']))
  if (!target || !reader)
    throw new Error('the schedule or the inbox has no function; idle-cost knows both by their names')
  const ticks = times / 5
  const readUnits = times * look.readUnits + ticks * (fifth.lookReadUnits + fifth.readUnits)
  const logGb = (times * runtimeLog(target) + ticks * (runtimeLog(reader) + fifth.ownLogBytes)) / 1e9
  return [
    {
      ...{ what: 'schedule of the sweep', service: 'schedulerInvocation', units: times, freeTier: true },
      basis: String(properties['ScheduleExpression']),
    },
    ...runs(target, 'sweep', times, look.seconds),
    ...runs(reader, 'schedule, for the ticks', ticks, fifth.seconds),
    {
      ...{ what: 'ticks through the inbox', service: 'sqsFifoRequest', units: ticks * fifth.queueRequests },
      ...{ basis: 'send and delete, every fifth minute', freeTier: true },
    },
    {
      ...{ what: 'reads of sweep and schedule', service: 'dynamodbReadUnit', units: readUnits },
      basis: `${look.readUnits} units a look, ${fifth.lookReadUnits + fifth.readUnits} more every fifth minute (estimate)`,
    },
    {
      what: 'their log',
      service: 'logsGb',
      units: logGb,
      basis: 'lines of the runs, and two every fifth minute',
      freeTier: true,
    },
  ]
}

const eventSource: Rule = ({ properties }, all) => {
  const queue = all.find((one) => one.type === 'AWS::SQS::Queue' && named(one, properties['EventSourceArn']))
  if (!queue) return [] // A table's stream: Lambda reads it for nothing (aws-facts).
  const units = EMPTY_RECEIVES * MONTH_MINUTES
  const service = queue.properties['FifoQueue'] === true ? 'sqsFifoRequest' : 'sqsRequest'
  return [
    { what: 'polling the inbox', service, units, basis: `${EMPTY_RECEIVES} empty receives a minute`, freeTier: true },
  ]
}

const hourly =
  (what: string, service: string, count: (resource: TemplateResource) => number = () => 1): Rule =>
  (resource) => {
    const units = count(resource)
    const hours = { service, units: units * MONTH_HOURS, basis: `${units} × ${MONTH_HOURS} h` }
    return units === 0 ? [] : [{ what: `${what} ${resource.id}`, ...hours }]
  }

const interfaces = ({ properties }: TemplateResource): number => {
  const subnets = properties['SubnetIds']
  return properties['VpcEndpointType'] === 'Interface' ? (Array.isArray(subnets) ? subnets.length : 1) : 0
}

const apart =
  (what: string, service: string, free: number): Rule =>
  () => [{ what, service, units: 1, basis: free > 0 ? `a month; the free tier has ${free}` : 'a month', apart: true }]

const nothing: Rule = () => []
const costNothing = [
  ...['AWS::CDK::Metadata', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::SQS::Queue'],
  ...[
    'AWS::SQS::QueuePolicy',
    'AWS::SNS::Topic',
    'AWS::SNS::TopicPolicy',
    'AWS::SNS::Subscription',
    'AWS::Events::Rule',
  ],
  ...['AWS::StepFunctions::StateMachine', 'AWS::Lambda::Function', 'AWS::Lambda::Permission', 'AWS::Logs::LogGroup'],
  ...['AWS::Lambda::EventInvokeConfig', 'AWS::Logs::QueryDefinition', 'AWS::IAM::Role', 'AWS::IAM::Policy'],
  ...['AWS::IAM::InstanceProfile', 'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::RouteTable'],
  ...['AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupEgress'],
  ...['AWS::EC2::LaunchTemplate', 'AWS::KMS::Alias', 'AWS::Logs::ResourcePolicy'],
]

/** What each type of resource costs while no file comes. A type that is not here is an error, not nothing. */
export const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(costNothing.map((type) => [type, nothing])),
  'AWS::Scheduler::Schedule': schedule,
  'AWS::Lambda::EventSourceMapping': eventSource,
  'AWS::EC2::NatGateway': hourly('NAT gateway', 'natGatewayHour'),
  'AWS::EC2::EIP': hourly('public address', 'publicIpv4Hour'),
  'AWS::EC2::VPCEndpoint': hourly('interface endpoint', 'interfaceEndpointHour', interfaces),
  'AWS::CloudWatch::Alarm': apart('alarms', 'alarmMonth', 10),
  'AWS::CloudWatch::Dashboard': apart('dashboards', 'dashboardMonth', 3),
  'AWS::KMS::Key': apart('keys', 'kmsKeyMonth', 0),
  'AWS::Budgets::Budget': apart('budgets', 'budget', 2),
}
