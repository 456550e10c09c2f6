import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { dropSamples } from '#cli/demo/drop-samples'
import { isSettled } from '#cli/demo/quiescence'
import { pushToLocal } from '#cli/processors/push-processors'
import { generateSamples } from '#config/samples/generate-samples'
import { environmentWithoutAws } from '#local/aws-environment'
import { startLocalAws } from '#local/local-aws'
import { runCommand } from '#local/run-command'
import type { Context } from '#test/infra/iam/matches'
import { type IamRequest, may } from '#test/infra/iam/may'
import { grantsTo, idOf, principal } from '#test/infra/iam/principal'
import { ACCOUNT, REGION } from '#test/infra/iam/resolve'
import type { IamStatement } from '#test/infra/iam/statement'
import { record, resourcesOf, template } from '#test/infra/template'
import { eventually } from '#test/support/eventually'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { watchFunctions } from '#test/support/watched-functions'
import { watchMachines } from '#test/support/watched-machines'

const steps = ['schedule', 'validate', 'launch', 'progress', 'reconfigure', 'sweep'] as const
type Step = (typeof steps)[number]

const landing = idOf('AWS::S3::Bucket', 'bucketslanding')
const results = idOf('AWS::S3::Bucket', 'bucketsresults')
const rows = idOf('AWS::DynamoDB::Table', 'tablespayerpriority')
const pools = idOf('AWS::DynamoDB::Table', 'tablescapacitypools')

/** Rights that a run of the samples never uses, and what uses them. One that is neither used nor here is one too many. */
const reasons: Record<string, string> = {
  'logs:CreateLogStream': 'Lambda writes a function’s lines with the function’s role',
  'logs:PutLogEvents': 'the same',
  'dynamodb:DescribeStream': 'Lambda’s poller reads the tables’ streams with the function’s role',
  'dynamodb:GetRecords': 'the same',
  'dynamodb:GetShardIterator': 'the same',
  'dynamodb:ListStreams': 'the same',
  'sqs:ReceiveMessage': 'Lambda’s poller reads the inbox with the function’s role',
  'sqs:DeleteMessage': 'the same',
  'sqs:GetQueueAttributes': 'the same',
  'sqs:GetQueueUrl': 'the same',
  'sqs:ChangeMessageVisibility': 'a batch that could not be decided comes again after two seconds',
  [`schedule dynamodb:UpdateItem table/${pools}`]: 'a remark on the row of a pool; on a payer’s it was made',
  's3:ListBucket': 'so that S3 says of a key that is not there that it is not (404 and not 403)',
  'schedule ec2:DescribeInstances': 'why a machine died, when it did before it ran',
  'schedule ec2:GetConsoleOutput': 'what a machine that never gave a sign of life said last',
  'schedule s3:GetObjectVersion': 'events without a size: the version is asked for',
  [`schedule s3:GetObject ${landing}/*`]: 'a version was deleted: does its key still answer',
  [`schedule s3:GetObject ${results}/done/*`]: 'a pointer that is there already is read before it is moved',
  [`schedule s3:PutObject ${results}/console/*`]: 'the console of a machine that never gave a sign of life',
  'schedule sqs:SendMessage': 'the rest of a long edit',
  'schedule states:SendTaskFailure': 'stops, and machines that die',
  'launch dynamodb:DeleteItem': 'an attempt that EC2 refused leaves the list of open ones',
  'launch ec2:RunInstances spot-instances-request/*': 'rows that want spot; those of the samples do not',
  [`launch ec2:RunInstances subnet/${idOf('AWS::EC2::Subnet', 'networkvpcisolatedSubnet2')}`]:
    'where the first subnet’s zone has no capacity',
  'launch ssm:GetParameters parameter/mayfly/*': 'rows that name an image of the account',
  'launch ec2:DescribeInstances': 'a client token that EC2 knows with other parameters: which machine is it',
  'launch ec2:TerminateInstances': 'a machine that came too late for its attempt',
  'launch states:SendTaskFailure': 'EC2 refused every candidate',
  'launch states:SendTaskSuccess': 'a token that comes after the success',
  'progress sqs:SendMessage': 'Lambda puts what failed where it is seen',
  'reconfigure sqs:SendMessage': 'its one right; the deployment’s rows have warmed it up before it is watched',
  'sweep sqs:SendMessage': 'what it found; and Lambda puts what failed where it is seen',
  'sweep dynamodb:BatchGetItem': 'open attempts, and every fifth minute what a lane stands on',
  'sweep dynamodb:GetItem': 'pools of lanes that wait, every fifth minute, which this run is shorter than',
  [`sweep dynamodb:Query table/${rows}`]: 'the same, of their rows',
  'sweep dynamodb:PutItem': 'the first look at an orphan, every fifth minute',
  'sweep ec2:DescribeInstances': 'every fifth minute',
  'sweep ec2:TerminateInstances': 'orphans and leases that ended, every fifth minute',
  'sweep s3:GetObject': 'results that nobody heard of, every fifth minute',
  'sweep s3:ListBucketVersions': 'landing objects that nobody registered, daily',
  'sweep states:ListExecutions': 'executions that ended unheard, every fifth minute',
}

/** The same of an instance: its role's rights as action and resource, and the endpoint's as either. */
const reasonsOfInstance: Record<string, string> = {
  [`s3:AbortMultipartUpload arn:aws:s3:::${results}/runs/\${aws:userid}/*`]:
    'an upload of more than 8 MB that fails is taken back',
  's3:AbortMultipartUpload': 'the same',
  [`arn:aws:s3:::al2023-repos-${REGION}-de612dc2/*`]: 'packages of processors, which a local machine has already',
}

let stack: LocalStack
let machines: Awaited<ReturnType<typeof watchMachines>>
let roleId: string
let inTemplate: (resource: string) => string
let watched: Awaited<ReturnType<typeof watchFunctions>>
beforeAll(async () => {
  machines = await watchMachines()
  stack = await startLocalStack((stateDir) =>
    startLocalAws({ stateDir, afterDeploy: pushToLocal, machinesAws: machines.aws }),
  )
  machines.lead(stack.local.endpoint)
  const { awsCli, env } = stack.local
  const cli = (...args: string[]) => runCommand({ command: awsCli, args, env: { ...environmentWithoutAws(), ...env } })
  const query = "Roles[?contains(RoleName,'instancerole')].RoleId"
  roleId = (await cli('iam', 'list-roles', '--query', query, '--output', 'text')).trim()
  inTemplate = translator(
    await cli('cloudformation', 'list-stack-resources', '--stack-name', 'Mayfly', '--output', 'json'),
  )
  watched = await watchFunctions(stack.local, steps)
  const samples = join(stack.folder, 'samples')
  const manifest = await generateSamples({ outDir: samples, seed: 1, members: 50 })
  const drops = await dropSamples(stack, { folder: samples, manifest, say: () => {} })
  await stack.aws.setPriority('harbor-care', 321)
  await eventually(
    'every sample file has ended or waits for somebody',
    () => stack.jobs(),
    (jobs) => jobs.length === drops.length && jobs.every(isSettled),
  )
  await eventually(
    'the sweep has looked once',
    async () => watched.asked('sweep'),
    (rights) => rights.length > 0,
  )
})
afterAll(async () => {
  await stack?.stop()
  await watched?.close()
  await machines?.close()
})

const StackResources = z.object({
  StackResourceSummaries: z.array(z.object({ LogicalResourceId: z.string(), PhysicalResourceId: z.string() })),
})
/** Turns what a resource is called here into what the template's policies call it. */
const translator = (listed: string) => {
  const names = StackResources.parse(JSON.parse(listed)).StackResourceSummaries.map((each) => ({
    // A queue's is its address.
    here: each.PhysicalResourceId.split('/').at(-1) ?? '',
    there: each.LogicalResourceId,
  }))
  const longestFirst = names.toSorted((a, b) => b.here.length - a.here.length)
  return (resource: string) => {
    const found = longestFirst.find(({ here }) => resource.split(/[:/]/).includes(here))
    return found ? resource.replace(found.here, found.there) : resource
  }
}

const [shell] = resourcesOf(template, 'AWS::EC2::LaunchTemplate')
const { HttpTokens, HttpPutResponseHopLimit } = record(
  record(shell?.properties['LaunchTemplateData'])['MetadataOptions'],
)
/** What EC2 takes from the launch template when it asks IAM whether an instance may start. */
const ofLaunchTemplate: Context = {
  'ec2:MetadataHttpTokens': String(HttpTokens),
  'ec2:MetadataHttpPutResponseHopLimit': String(HttpPutResponseHopLimit),
  'ec2:InstanceProfile': `arn:aws:iam::${ACCOUNT}:instance-profile/${idOf('AWS::IAM::InstanceProfile', 'instance')}`,
}
const launched = ({ action, resource }: IamRequest): boolean =>
  action === 'ec2:RunInstances' && resource.endsWith(':instance/*')
/** The requests that EC2 makes in the launcher's name for what the launch template names. */
const besideLaunch: IamRequest[] = [
  {
    action: 'iam:PassRole',
    resource: `arn:aws:iam::${ACCOUNT}:role/${idOf('AWS::IAM::Role', 'instancerole')}`,
    context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  },
  {
    action: 'ec2:RunInstances',
    resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${idOf('AWS::EC2::SecurityGroup', 'networkegress')}.GroupId`,
  },
  {
    action: 'ec2:RunInstances',
    resource: `arn:aws:ec2:${REGION}::image/ami-0123456789abcdef0`,
    context: { 'ec2:Owner': 'amazon' },
  },
  { action: 'ssm:GetParameters', resource: `arn:aws:ssm:${REGION}::parameter/aws/service/ami-amazon-linux-latest/x` },
]
/** What a role's policies grant, an action on a resource at a time. */
const grants = (roleBegins: string) =>
  grantsTo(roleBegins).identity.flatMap((statement) =>
    statement.actions.flatMap((action) =>
      statement.resources.map((resource) => ({
        action,
        resource,
        conditions: statement.conditions,
      })),
    ),
  )
type Grant = { action?: string; resource?: string; conditions?: IamStatement['conditions'] }
const isUsed = ({ action = '*', resource = '*', conditions = {} }: Grant, requests: readonly IamRequest[]): boolean => {
  const identity: IamStatement[] = [{ effect: 'Allow', actions: [action], resources: [resource], conditions }]
  return requests.some((request) => may(request, { identity }))
}

/** Every machine here is one of ours; that others may not be touched is what test/infra/access.checks.ts shows. */
const ofOurs: Context = { 'aws:ResourceTag/app': 'mayfly' }

/** What a step asked for, as IAM would see it on AWS, by the template's names. */
const asked = (step: Step): IamRequest[] => {
  // The local stack keeps a journal; the template that is looked at here does not, and grants nothing for it.
  const outsideJournal = watched.asked(step).filter(({ resource }) => !resource.includes('/journal/'))
  const requests = outsideJournal.map(({ action, resource, context }) => ({
    action,
    resource: inTemplate(resource),
    context: {
      ...Object.fromEntries(
        Object.entries(context).map(([key, value]) => [
          key,
          typeof value === 'string' && value.startsWith('arn:') ? inTemplate(value) : value,
        ]),
      ),
      ...(launched({ action, resource }) ? ofLaunchTemplate : {}),
      ...(/^ec2:(Terminate|GetConsole)/.test(action) ? ofOurs : {}),
    },
  }))
  return requests.some(launched) ? [...requests, ...besideLaunch] : requests
}

/** How a reason may name a right, from the widest to the narrowest: the last has the resource without `arn:aws:…:`. */
const namesOf = (step: Step, { action, resource }: { action: string; resource: string }) => [
  action,
  `${step} ${action}`,
  `${step} ${action} ${resource.split(':').slice(5).join(':')}`,
]

describe.each(steps)('the rights of %s', (step) => {
  const allowed = principal(`steps${step}role`, {}, { throughEndpoint: false })
  it('are enough for everything that it asked AWS for', () => {
    if (step !== 'reconfigure') expect(asked(step).length).toBeGreaterThan(0)
    expect(asked(step).filter(({ action, resource, context }) => !allowed(action, resource, context))).toEqual([])
  })

  it('hold nothing that it does not use, unless a reason is given', () => {
    const unused = grants(`steps${step}role`).filter((grant) => !isUsed(grant, asked(step)))
    const named = unused.map((grant) => namesOf(step, grant))
    expect(named.filter((names) => !names.some((name) => name in reasons)).map((names) => names.at(-1))).toEqual([])
  })
})

describe('the rights of an instance', () => {
  const { endpoint } = grantsTo('instancerole')
  const requests = (): IamRequest[] =>
    machines.requests().map(({ instanceId, action, resource, tags }) => ({
      action,
      resource: inTemplate(resource),
      context: {
        'aws:userid': `${roleId}:${instanceId}`,
        'aws:SourceVpce': idOf('AWS::EC2::VPCEndpoint', 'network'),
        ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value])),
      },
    }))
  it('are enough for everything that each asked AWS for, its role’s policy and the endpoint’s together', () => {
    expect(new Set(machines.requests().map(({ instanceId }) => instanceId)).size).toBeGreaterThan(5)
    const refused = requests().filter(({ action, resource, context = {} }) => {
      const instance = principal('instancerole', context, { throughEndpoint: true })
      return !instance(action, resource)
    })
    expect(refused).toEqual([])
  })

  it('hold nothing that none of them used, unless a reason is given', () => {
    const unused = [
      ...grants('instancerole')
        .filter((grant) => !isUsed(grant, requests()))
        .map(({ action, resource }) => `${action} ${resource}`),
      ...endpoint.flatMap(({ actions, resources }) => [
        ...actions.filter((action) => !isUsed({ action }, requests())),
        ...resources.filter((resource) => !actions.some((action) => isUsed({ action, resource }, requests()))),
      ]),
    ]
    expect([...new Set(unused)].filter((grant) => !(grant in reasonsOfInstance))).toEqual([])
    expect(Object.keys(reasonsOfInstance).filter((grant) => !unused.includes(grant))).toEqual([])
  })
})

it('no reason is given for a right that nobody has', () => {
  const all = steps.flatMap((step) => grants(`steps${step}role`).flatMap((grant) => namesOf(step, grant)))
  expect(Object.keys(reasons).filter((right) => !all.includes(right))).toEqual([])
})
