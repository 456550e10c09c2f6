import { beforeEach, describe, expect, it } from 'vitest'
import { deleteKey, drop, files, noFiles } from '#adapters/memory/files'
import { jobIdOf } from '#domain/job-id'
import { readMessage } from '#functions/schedule/read-message'

const bucket = 'landing'
const key = 'acme/member/a.edi'
const job = (version: string) => jobIdOf({ bucket, key, version })

let landing = noFiles()
beforeEach(() => {
  landing = noFiles()
})
const read = (body: unknown) => readMessage(JSON.stringify(body), { files: files(landing), resultsBucket: 'results' })

const created = (object: object, name = bucket, reason = 'PutObject') => ({
  ...{ version: '0', source: 'aws.s3', 'detail-type': 'Object Created' },
  detail: { bucket: { name }, object: { key, ...object }, reason },
})
const removed = (reason: string) => ({
  'detail-type': 'Object Deleted',
  detail: {
    bucket: { name: bucket },
    object: { key, sequencer: '0B' },
    reason,
    'deletion-type': 'Delete Marker Created',
  },
})

describe('readMessage', () => {
  it.each(['PutObject', 'CopyObject', 'CompleteMultipartUpload', 'POST Object'])(
    'a file landed by %s: bucket, key, version, size and sequencer as the event says',
    async (reason) => {
      expect(await read(created({ size: 5, 'version-id': 'v9', sequencer: '0A' }, bucket, reason))).toEqual({
        ...{ kind: 'landed', job: job('v9'), bucket, key, version: 'v9', bytes: 5, sequencer: '0A' },
      })
    },
  )

  it('an event without a version or a size is completed from S3', async () => {
    drop(landing, { bucket, key }, 'first')
    const version = drop(landing, { bucket, key }, 'second!')
    const newest = { kind: 'landed', job: job(version), bucket, key, version, bytes: 7, sequencer: '0A' }
    expect(await read(created({ size: 5, sequencer: '0A' }))).toEqual(newest)
    expect(await read(created({ 'version-id': version, sequencer: '0A' }))).toEqual(newest)
    expect(await read(created({ 'version-id': 'v1', sequencer: '0A' }))).toMatchObject({ version: 'v1', bytes: 5 })
  })

  it('one that is gone again when it is asked for is nothing', async () => {
    expect(await read(created({ sequencer: '0A' }))).toBeUndefined()
  })

  it('an object in the results bucket is a result', async () => {
    const event = created({ key: 'runs/AROA:i-1/result.json', size: 1, 'version-id': 'v' }, 'results')
    expect(await read(event)).toEqual({ kind: 'result', key: 'runs/AROA:i-1/result.json' })
  })

  it('an owner’s deletion', async () => {
    drop(landing, { bucket, key }, 'x')
    deleteKey(landing, { bucket, key })
    expect(await read(removed('DeleteObject'))).toEqual({ kind: 'deleted', bucket, key, sequencer: '0B' })
  })

  it('lifecycle expiry is not an owner', async () => {
    expect(await read(removed('Lifecycle Expiration'))).toBeUndefined()
  })

  it('the deletion of an old version leaves the newest standing', async () => {
    drop(landing, { bucket, key }, 'x')
    expect(await read(removed('DeleteObject'))).toBeUndefined()
  })

  it('an instance that changed', async () => {
    const detail = { 'instance-id': 'i-1', state: 'terminated' }
    const event = { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification', detail }
    expect(await read(event)).toEqual({ kind: 'instance', instanceId: 'i-1', state: 'terminated' })
  })

  it.each([
    { status: 'ABORTED', error: null, cause: null },
    { status: 'FAILED', error: 'States.Runtime', cause: 'why' },
  ])('an execution that ended: $status', async ({ status, error, cause }) => {
    const detail = { status, error, cause, input: '{"job":"j","round":2,"key":"k"}', name: 'n' }
    expect(await read({ 'detail-type': 'Step Functions Execution Status Change', detail })).toEqual({
      ...{ kind: 'execution-ended', job: 'j', round: 2, status, error, cause },
    })
  })

  it.each([
    { kind: 'tick', at: 1 },
    { kind: 'over', job: 'j', round: 1, error: 'JobStopped', cause: '', at: '2026-01-01T00:00:00Z' },
  ])('our own $kind', async (message) => {
    const { at: _, ...facts } = message
    expect(await read(message)).toMatchObject(facts)
  })

  it.each([
    {
      what: 'an execution that succeeded',
      body: { 'detail-type': 'Step Functions Execution Status Change', detail: { status: 'SUCCEEDED', input: '{}' } },
    },
    { what: 'another service’s event', body: { 'detail-type': 'Scheduled Event', detail: {} } },
    {
      what: 'an event without its key',
      body: { 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object: {} } },
    },
    { what: 'a kind that we do not know', body: { kind: 'gossip' } },
    { what: 'null', body: null },
  ])('refuses $what', async ({ body }) => {
    await expect(read(body)).rejects.toMatchObject({ name: 'ZodError' })
  })
})
