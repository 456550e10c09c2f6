import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentWithoutAws } from '#local/aws-environment'
import { runCommand } from '#local/run-command'
import { startTestEmulator } from '#test/support/emulator'

// Throws an error with a name of its own whenever it is asked to, and tells which tokens it got.
const throwing = (log: string) => `
import { appendFileSync } from 'node:fs'
class Rejected extends Error { name = 'Rejected' }
export const handler = async ({ token }) => {
  if (token) appendFileSync(${JSON.stringify(log)}, token + '\\n')
  throw new Rejected('unsound')
}`

let emulator: Awaited<ReturnType<typeof startTestEmulator>>
let folder: string
beforeAll(async () => {
  emulator = await startTestEmulator()
  folder = await mkdtemp(join(tmpdir(), 'mayfly-patches-'))
})
afterAll(async () => {
  await emulator?.stop()
  await rm(folder, { recursive: true, force: true })
})

const aws = async (...args: readonly string[]) => {
  const env = { ...environmentWithoutAws(), ...emulator.env }
  // Version 1 of the AWS CLI overlooks AWS_ENDPOINT_URL for SQS alone.
  const all = [...args, '--output', 'json', '--endpoint-url', emulator.endpoint]
  const text = await runCommand({ command: emulator.awsCli, args: all, env })
  return text === '' ? undefined : JSON.parse(text)
}

describe('the patched emulator, as AWS', () => {
  it('tells Step Functions a Lambda error by its name, with and without a token, full or not, and a new token each time', async () => {
    const log = join(folder, 'tokens')
    await writeFile(log, '')
    await writeFile(join(folder, 'index.mjs'), throwing(log))
    await runCommand({ command: 'python3', args: ['-m', 'zipfile', '-c', 'code.zip', 'index.mjs'], cwd: folder })
    const role = 'arn:aws:iam::000000000000:role/any'
    const code = ['--handler', 'index.handler', '--zip-file', `fileb://${join(folder, 'code.zip')}`]
    const named = ['--function-name', 'throwing', '--runtime', 'nodejs22.x', '--role', role]
    const { FunctionArn: FunctionName } = await aws('lambda', 'create-function', ...named, ...code)
    const full = await aws('lambda', 'create-function', ...named.with(1, 'full'), ...code)
    const none = ['--function-name', 'full', '--reserved-concurrent-executions', '0']
    await aws('lambda', 'put-function-concurrency', ...none)
    const Catch = (Next: string) => [{ ErrorEquals: ['Rejected'], Next }]
    const definition = JSON.stringify({
      StartAt: 'Plain',
      States: {
        Plain: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName, Payload: {} },
          Catch: Catch('WithToken'),
          Next: 'Wrong',
        },
        WithToken: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          TimeoutSeconds: 60,
          Parameters: { FunctionName, Payload: { 'token.$': '$$.Task.Token' } },
          Retry: [{ ErrorEquals: ['Rejected'], IntervalSeconds: 1, MaxAttempts: 1 }],
          Catch: Catch('Full'),
          Next: 'Wrong',
        },
        Full: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: full.FunctionArn, Payload: {} },
          Catch: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], Next: 'Right' }],
          Next: 'Wrong',
        },
        Right: { Type: 'Succeed' },
        Wrong: { Type: 'Fail' },
      },
    })
    const machine = ['--name', 'named-errors', '--definition', definition, '--role-arn', role]
    const { stateMachineArn } = await aws('stepfunctions', 'create-state-machine', ...machine)
    const started = await aws('stepfunctions', 'start-execution', '--state-machine-arn', stateMachineArn)
    expect(await endOf(started.executionArn)).toBe('SUCCEEDED')
    const tokens = (await readFile(log, 'utf8')).trim().split('\n')
    expect(tokens).toHaveLength(2)
    expect(new Set(tokens).size).toBe(2)
  })

  it('names the version in S3 events', async () => {
    await aws('s3api', 'create-bucket', '--bucket', 'landing')
    await aws('s3api', 'put-bucket-versioning', '--bucket', 'landing', '--versioning-configuration', 'Status=Enabled')
    const configuration = ['--notification-configuration', '{"EventBridgeConfiguration":{}}']
    await aws('s3api', 'put-bucket-notification-configuration', '--bucket', 'landing', ...configuration)
    const { QueueUrl } = await aws('sqs', 'create-queue', '--queue-name', 'heard')
    await aws('events', 'put-rule', '--name', 'all', '--event-pattern', '{"source":["aws.s3"]}')
    await aws(
      'events',
      'put-targets',
      '--rule',
      'all',
      '--targets',
      'Id=1,Arn=arn:aws:sqs:us-east-1:000000000000:heard',
    )
    const { VersionId } = await aws('s3api', 'put-object', '--bucket', 'landing', '--key', 'a/member/b')
    const waiting = ['--queue-url', QueueUrl, '--wait-time-seconds', '10']
    const { Messages } = await aws('sqs', 'receive-message', ...waiting)
    expect(JSON.parse(Messages[0].Body).detail.object).toMatchObject({ key: 'a/member/b', 'version-id': VersionId })
  })
})

const endOf = async (executionArn: string): Promise<string> => {
  for (let waited = 0; waited < 30; waited++) {
    const { status } = await aws('stepfunctions', 'describe-execution', '--execution-arn', executionArn)
    if (status !== 'RUNNING') return status
    await pause(500)
  }
  return 'still RUNNING'
}
