import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropSamples } from '#cli/demo/drop-samples'
import { isSettled } from '#cli/demo/quiescence'
import { pushToLocal } from '#cli/processors/push-processors'
import { generateSamples } from '#config/samples/generate-samples'
import { environmentWithoutAws } from '#local/aws-environment'
import { startLocalAws } from '#local/local-aws'
import { runCommand } from '#local/run-command'
import { type IamRequest, may } from '#test/infra/iam/may'
import { grantsTo, idOf, principal } from '#test/infra/iam/principal'
import { REGION } from '#test/infra/iam/resolve'
import type { IamStatement } from '#test/infra/iam/statement'
import { rightsOf, template } from '#test/infra/template'
import { eventually } from '#test/support/eventually'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { watchFunctions } from '#test/support/watched-functions'
import { watchMachines } from '#test/support/watched-machines'

const steps = ['schedule', 'validate', 'launch', 'progress', 'reconfigure', 'sweep'] as const
type Step = (typeof steps)[number]

const bucketArn = (begins: string): string => `arn:aws:s3:::${idOf('AWS::S3::Bucket', begins)}`
const landing = bucketArn('bucketslanding')
const results = bucketArn('bucketsresults')
const artifacts = bucketArn('bucketsartifacts')

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
  's3:ListBucket': 'so that S3 says of a key that is not there that it is not (404 and not 403)',
  'schedule ec2:DescribeInstances': 'why a machine died, when it did before it ran',
  'schedule ec2:GetConsoleOutput': 'what a machine that never gave a sign of life said last',
  'schedule s3:GetObjectVersion': 'events without a size: the version is asked for',
  'schedule sqs:SendMessage': 'the rest of a long edit',
  'schedule states:SendTaskFailure': 'stops, and machines that die',
  'launch dynamodb:DeleteItem': 'an attempt that EC2 refused leaves the list of open ones',
  'launch ec2:DescribeInstances': 'a client token that EC2 knows with other parameters: which machine is it',
  'launch ec2:TerminateInstances': 'a machine that came too late for its attempt',
  'launch states:SendTaskFailure': 'EC2 refused every candidate',
  'launch states:SendTaskSuccess': 'a token that comes after the success',
  'progress sqs:SendMessage': 'Lambda puts what failed where it is seen',
  'reconfigure sqs:SendMessage': 'its one right; the deployment’s rows have warmed it up before it is watched',
  'sweep sqs:SendMessage': 'what it found; and Lambda puts what failed where it is seen',
  'sweep dynamodb:BatchGetItem': 'open attempts, and every fifth minute what a lane stands on',
  'sweep dynamodb:GetItem': 'pools of lanes that wait, every fifth minute, which this run is shorter than',
  'sweep dynamodb:PutItem': 'the first look at an orphan, every fifth minute',
  'sweep ec2:DescribeInstances': 'every fifth minute',
  'sweep ec2:TerminateInstances': 'orphans and leases that ended, every fifth minute',
  'sweep s3:GetObject': 'results that nobody heard of, every fifth minute',
  'sweep s3:ListBucketVersions': 'landing objects that nobody registered, daily',
  'sweep states:ListExecutions': 'executions that ended unheard, every fifth minute',
}

/** The same of an instance: its role's rights as action and resource, and the endpoint's as either. */
const reasonsOfInstance: Record<string, string> = {
  [`s3:AbortMultipartUpload ${results}/runs/\${aws:userid}/*`]: 'an upload of more than 8 MB that fails is taken back',
  's3:AbortMultipartUpload': 'the same',
  [`arn:aws:s3:::al2023-repos-${REGION}-de612dc2/*`]: 'packages of processors, which a local machine has already',
}

let stack: LocalStack
let machines: Awaited<ReturnType<typeof watchMachines>>
let roleId: string
let watched: Awaited<ReturnType<typeof watchFunctions>>
beforeAll(async () => {
  machines = await watchMachines()
  stack = await startLocalStack((stateDir) =>
    startLocalAws({ stateDir, afterDeploy: pushToLocal, machinesAws: machines.aws }),
  )
  machines.lead(stack.local.endpoint)
  const { awsCli, env } = stack.local
  const query = "Roles[?contains(RoleName,'instancerole')].RoleId"
  const args = ['iam', 'list-roles', '--query', query, '--output', 'text']
  roleId = (await runCommand({ command: awsCli, args, env: { ...environmentWithoutAws(), ...env } })).trim()
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

const granted = (step: Step): string[] => {
  const rights = rightsOf(template, (id) => id.startsWith(`steps${step}role`))
  return [...new Set(rights.flatMap(({ actions }) => actions))].sort()
}

describe.each(steps)('the rights of %s', (step) => {
  it('are enough for everything that it asked AWS for', () => {
    if (step !== 'reconfigure') expect(watched.asked(step).length).toBeGreaterThan(0)
    expect(watched.asked(step).filter((right) => !granted(step).includes(right))).toEqual([])
  })

  it('hold nothing that it does not use, unless a reason is given', () => {
    const unused = granted(step).filter((right) => !watched.asked(step).includes(right))
    expect(unused.filter((right) => !(right in reasons) && !(`${step} ${right}` in reasons))).toEqual([])
  })
})

describe('the rights of an instance', () => {
  const { identity, endpoint } = grantsTo('instancerole')
  const inTemplate = (): Record<string, string> => ({
    [stack.names.LandingBucket]: landing,
    [stack.names.ResultsBucket]: results,
    [stack.names.ArtifactsBucket]: artifacts,
  })
  /** A request as IAM would see it on AWS, by the template's names. */
  const requests = (): IamRequest[] =>
    machines.requests().map(({ instanceId, action, bucket, key, tags }) => ({
      action,
      resource: `${inTemplate()[bucket] ?? `arn:aws:s3:::${bucket}`}/${key}`,
      context: {
        'aws:userid': `${roleId}:${instanceId}`,
        'aws:SourceVpce': idOf('AWS::EC2::VPCEndpoint', 'network'),
        ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value])),
      },
    }))
  const isUsed = (grant: Partial<IamStatement>): boolean => {
    const everything = { effect: 'Allow' as const, actions: ['*'], resources: ['*'], conditions: {} }
    return requests().some((request) => may(request, { identity: [{ ...everything, ...grant }] }))
  }

  it('are enough for everything that each asked AWS for, its role’s policy and the endpoint’s together', () => {
    expect(new Set(machines.requests().map(({ instanceId }) => instanceId)).size).toBeGreaterThan(5)
    const refused = requests().filter(({ action, resource, context = {} }) => {
      const instance = principal('instancerole', context, { throughEndpoint: true })
      return !instance(action, resource)
    })
    expect(refused).toEqual([])
  })

  it('hold nothing that none of them used, unless a reason is given', () => {
    const ofRole = identity.flatMap(({ actions, resources, conditions }) =>
      actions.flatMap((action) => resources.map((resource) => ({ action, resource, conditions }))),
    )
    const unused = [
      ...ofRole.flatMap(({ action, resource, conditions }) =>
        isUsed({ actions: [action], resources: [resource], conditions }) ? [] : [`${action} ${resource}`],
      ),
      ...endpoint.flatMap(({ actions, resources }) => [
        ...actions.filter((action) => !isUsed({ actions: [action] })),
        ...resources.filter((resource) => !isUsed({ actions, resources: [resource] })),
      ]),
    ]
    expect([...new Set(unused)].filter((grant) => !(grant in reasonsOfInstance))).toEqual([])
    expect(Object.keys(reasonsOfInstance).filter((grant) => !unused.includes(grant))).toEqual([])
  })
})

it('no reason is given for a right that nobody has', () => {
  const all = steps.flatMap((step) => granted(step).flatMap((right) => [right, `${step} ${right}`]))
  expect(Object.keys(reasons).filter((right) => !all.includes(right))).toEqual([])
})
