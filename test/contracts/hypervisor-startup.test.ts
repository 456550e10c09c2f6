import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderUserData } from '#functions/launch/user-data'
import { processesOf } from '#local/hypervisor/process-tree'
import { startTestEmulator } from '#test/support/emulator'

/** The real script on the real hypervisor, a process of its own, with the real AWS CLI and the emulator's S3. */
let emulator: Awaited<ReturnType<typeof startTestEmulator>>
let folder: string
let s3: S3Client
let archive: Buffer
let inputVersion: string
const client = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

beforeAll(async () => {
  emulator = await startTestEmulator()
  folder = await mkdtemp(join(tmpdir(), 'mayfly-hypervisor-'))
  s3 = new S3Client({ ...client, endpoint: emulator.endpoint, forcePathStyle: true })
  for (const Bucket of ['landing', 'results', 'artifacts']) await s3.send(new CreateBucketCommand({ Bucket }))
  const VersioningConfiguration = { Status: 'Enabled' as const }
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'landing', VersioningConfiguration }))
  await mkdir(join(folder, 'processor'))
  const script =
    '#!/bin/bash\nwc -c <"$MAYFLY_INPUT" >"$MAYFLY_OUT/size.txt"; cat "$MAYFLY_IN/extra" >"$MAYFLY_OUT/b c.txt"\n'
  await writeFile(join(folder, 'processor/run'), script)
  await chmod(join(folder, 'processor/run'), 0o755)
  archive = execFileSync('tar', ['-czf', '-', '-C', join(folder, 'processor'), '.'])
  const put = (Bucket: string, Key: string, Body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body }))
  await put('artifacts', 'p.tar.gz', archive)
  inputVersion = (await put('landing', 'acme/member/a b+ü.834', 'first')).VersionId ?? ''
  await put('landing', 'acme/member/a b+ü.834', 'a newer version')
})
afterAll(async () => {
  await emulator.stop()
  await rm(folder, { recursive: true, force: true })
})

const startProcess = async (stateDir: string) => {
  const flags = ['--emulator-url', emulator.endpoint, '--state-dir', stateDir, '--aws-cli', emulator.awsCli]
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/hypervisor/main.ts', ...flags], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [line] = await new Promise<string[]>((resolve) => {
    createInterface(child.stdout).once('line', (text) => resolve([text]))
  })
  const url: string = JSON.parse(line ?? '{}').url
  return { child, ended, url, ec2: new EC2Client({ ...client, endpoint: url }) }
}
const launch = async (ec2: EC2Client, script: string): Promise<string> => {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-1', InstanceType: 't3.small', MinCount: 1, MaxCount: 1 },
      InstanceInitiatedShutdownBehavior: 'terminate',
      UserData: Buffer.from(script).toString('base64'),
    }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}
const stateOf = async (ec2: EC2Client, id: string) => {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  return Reservations?.[0]?.Instances?.[0]?.State?.Name
}
const waitFor = async (what: () => boolean | Promise<boolean>) => {
  for (let left = 600; left > 0 && !(await what()); left -= 1) await pause(50)
}

describe('the startup script on the local EC2', () => {
  it('reads the version it was given, writes what came out, and is gone', async () => {
    const { child, ended, ec2 } = await startProcess(join(folder, 'one'))
    const script = renderUserData(await readFile('functions/launch/startup.sh', 'utf8'), {
      MAYFLY_JOB: 'job-1',
      MAYFLY_ROUND: 1,
      MAYFLY_ATTEMPT: 1,
      MAYFLY_PAYER: 'acme',
      MAYFLY_TYPE: 'member',
      MAYFLY_ROLE_ID: 'AROALOCAL',
      MAYFLY_REGION: 'us-east-1',
      MAYFLY_INPUT_BUCKET: 'landing',
      MAYFLY_INPUT_KEY: 'acme/member/a b+ü.834',
      MAYFLY_INPUT_VERSION: inputVersion,
      MAYFLY_INPUT_BYTES: 5,
      MAYFLY_RESULTS_BUCKET: 'results',
      MAYFLY_PROCESSOR_BUCKET: 'artifacts',
      MAYFLY_PROCESSOR_KEY: 'p.tar.gz',
      MAYFLY_PROCESSOR_SHA256: createHash('sha256').update(archive).digest('hex'),
      MAYFLY_PROCESSOR_PACKAGES: 'nodejs20',
      MAYFLY_RUN_SECONDS: 30,
      MAYFLY_DEADLINE_MINUTES: 5,
    })
    const id = await launch(ec2, script)
    const prefix = `runs/AROALOCAL:${id}/`
    const put = (name: string, Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'results', Key: `${prefix}in/${name}`, Body }))
    await put('extra', 'from the members')
    await put('manifest', 'extra\n')
    await waitFor(async () => (await stateOf(ec2, id)) === 'terminated')
    const read = async (name: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'results', Key: prefix + name }))
      return (await Body?.transformToString()) ?? ''
    }
    expect(JSON.parse(await read('result.json'))).toMatchObject({
      ...{ job: 'job-1', outcome: 'succeeded', reason: 'ok', exitCode: 0, inputBytes: 5 },
      outputs: ['b c.txt', 'size.txt'],
    })
    expect((await read('out/size.txt')).trim()).toBe('5')
    expect(await read('out/b c.txt')).toBe('from the members')
    expect(await read('log.txt')).toContain('succeeded: ok')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})

describe('the hypervisor as a process', () => {
  it('ends its machines when it is told to end', async () => {
    const { child, ended, ec2 } = await startProcess(join(folder, 'two'))
    const id = await launch(ec2, '#!/bin/bash\n(setsid /bin/sleep 600 &)\n/bin/sleep 600\n')
    await waitFor(() => processesOf(id).length === 3)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(processesOf(id)).toEqual([])
  })

  it('finds what it left when it was killed, ends that and nothing else', async () => {
    const first = await startProcess(join(folder, 'three'))
    const other = await startProcess(join(folder, 'four'))
    const id = await launch(first.ec2, '#!/bin/bash\n(setsid /bin/sleep 600 &)\n/bin/sleep 600\n')
    const stranger = await launch(other.ec2, '#!/bin/bash\n/bin/sleep 600\n')
    await waitFor(() => processesOf(id).length === 3 && processesOf(stranger).length === 2)
    first.child.kill('SIGKILL')
    await first.ended
    expect(processesOf(id)).toHaveLength(3)
    const second = await startProcess(join(folder, 'three'))
    expect(await stateOf(second.ec2, id)).toBe('terminated')
    expect(processesOf(id)).toEqual([])
    expect(processesOf(stranger)).toHaveLength(2)
    for (const it of [second, other]) {
      it.child.kill('SIGTERM')
      expect(await it.ended).toBe(0)
    }
  })
})
