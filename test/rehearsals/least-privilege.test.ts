import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropSamples } from '#cli/drop-samples'
import { isSettled } from '#cli/quiescence'
import { generateSamples } from '#config/samples/generate-samples'
import { rightsOf, template } from '#test/infra/template'
import { eventually } from '#test/support/eventually'
import { type LocalStack, startLocalStack } from '#test/support/local-stack'
import { watchFunctions } from '#test/support/watched-functions'

const steps = ['schedule', 'validate', 'launch', 'progress', 'reconfigure', 'sweep'] as const
type Step = (typeof steps)[number]

/** Rights that a run of the samples never uses, and what uses them. One that is neither used nor here is one too many. */
const reasons: Record<string, string> = {
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

let stack: LocalStack
let watched: Awaited<ReturnType<typeof watchFunctions>>
beforeAll(async () => {
  stack = await startLocalStack()
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
})

const granted = (step: Step): string[] => {
  const rights = rightsOf(template, (id) => id.startsWith(`steps${step}function`))
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

it('no reason is given for a right that nobody has', () => {
  const all = steps.flatMap((step) => granted(step).flatMap((right) => [right, `${step} ${right}`]))
  expect(Object.keys(reasons).filter((right) => !all.includes(right))).toEqual([])
})
