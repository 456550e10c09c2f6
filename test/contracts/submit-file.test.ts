import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { files } from '#adapters/aws/files'
import { submitFile } from '#cli/owners/submit-file'
import { sourceOf } from '#cli/owners/submit-source'
import { jobIdOf } from '#domain/job-id'
import { readMessage } from '#functions/schedule/read-message'
import { type Emulated, emulated } from '#test/contracts/emulated'

const Bucket = 'landing'
let emulator: Emulated
let s3: S3Client
let sqs: SQSClient
let events: EventBridgeClient
let folder: string
let QueueUrl: string | undefined
beforeAll(async () => {
  emulator = await emulated()
  s3 = new S3Client({ ...emulator.config, forcePathStyle: true })
  sqs = new SQSClient(emulator.config)
  events = new EventBridgeClient(emulator.config)
  folder = await mkdtemp(join(tmpdir(), 'mayfly-submit-'))
  await s3.send(new CreateBucketCommand({ Bucket }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const NotificationConfiguration = { EventBridgeConfiguration: {} }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  ;({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' })))
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern: '{"source":["aws.s3"]}' }))
  const Targets = [{ Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:heard' }]
  await events.send(new PutTargetsCommand({ Rule: 'all', Targets }))
})
afterAll(async () => {
  for (const client of [s3, sqs, events]) client?.destroy()
  await emulator?.stop()
  await rm(folder, { recursive: true, force: true })
})

const MIB = 1024 ** 2

it.each([
  { given: 'a small file', bytes: 1000, reason: 'PutObject' },
  { given: 'a file of three parts', bytes: 40 * MIB, reason: 'CompleteMultipartUpload' },
])('$given lands whole, and is announced as one version', async ({ bytes, reason }) => {
  const content = randomBytes(bytes)
  const path = join(folder, reason)
  await writeFile(path, content)
  const key = `acme/claims/${reason}`
  const landed = await submitFile({ s3, names: { LandingBucket: Bucket }, asked: {} }, await sourceOf(path), key)

  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key, VersionId: landed.version }))
  const stored = (await Body?.transformToByteArray()) ?? new Uint8Array()
  const hash = (of: Uint8Array) => createHash('sha256').update(of).digest('hex')
  expect(hash(stored)).toBe(hash(content))

  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }))
  expect(JSON.parse(message?.Body ?? '{}').detail).toMatchObject({ reason })
  expect(await readMessage(message?.Body ?? '', { files: files(s3), resultsBucket: 'results' })).toMatchObject({
    ...{ kind: 'landed', job: jobIdOf(landed), bucket: Bucket, key, version: landed.version, bytes },
  })
})
