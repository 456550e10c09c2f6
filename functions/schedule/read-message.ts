import * as z from 'zod'
import { jobIdOf } from '#domain/job-id'
import type { Files } from '#domain/ports/files'
import { Message } from '#domain/schedule/messages'

const S3Event = z.object({
  'detail-type': z.enum(['Object Created', 'Object Deleted']),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.number().optional(),
      sequencer: z.string().optional(),
      'version-id': z.string().optional(),
    }),
    reason: z.string().optional(),
  }),
})
const Ec2Event = z.object({
  'detail-type': z.literal('EC2 Instance State-change Notification'),
  detail: z.object({ 'instance-id': z.string(), state: z.string() }),
})
const SpotEvent = z.object({
  'detail-type': z.literal('EC2 Spot Instance Interruption Warning'),
  detail: z.object({ 'instance-id': z.string() }),
})
const ExecutionEvent = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({
    status: z.enum(['FAILED', 'ABORTED', 'TIMED_OUT']),
    input: z.string(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
})
const ExecutionInput = z.object({ job: z.string(), round: z.int() })
const AwsEvent = z.discriminatedUnion('detail-type', [S3Event, Ec2Event, SpotEvent, ExecutionEvent])

/** Messages as the scheduler reads them: AWS's own events are translated, and completed where they say too little. */
export const readMessage = async (
  body: string,
  deps: { files: Files; resultsBucket: string },
): Promise<Message | undefined> => {
  const said: unknown = JSON.parse(body)
  if ('kind' in Object(said)) return Message.parse(said)
  const read = AwsEvent.parse(said)
  switch (read['detail-type']) {
    case 'EC2 Instance State-change Notification':
      return { kind: 'instance', instanceId: read.detail['instance-id'], state: read.detail.state }
    case 'EC2 Spot Instance Interruption Warning':
      return { kind: 'spot-warning', instanceId: read.detail['instance-id'] }
    case 'Step Functions Execution Status Change': {
      const { status, input, error, cause } = read.detail
      return { kind: 'execution-ended', ...ExecutionInput.parse(JSON.parse(input)), status, error, cause }
    }
    case 'Object Created':
      return read.detail.bucket.name === deps.resultsBucket
        ? { kind: 'result', key: read.detail.object.key }
        : landed(read.detail, deps.files)
    case 'Object Deleted':
      return deleted(read.detail, deps.files)
  }
}

type S3Detail = z.infer<typeof S3Event>['detail']

/** The event names the version, or (on the emulator) does not: then S3 is asked for the newest. Undefined: gone again. */
const landed = async ({ bucket, object }: S3Detail, files: Files): Promise<Message | undefined> => {
  const version = object['version-id']
  const known = version !== undefined && object.size !== undefined ? { version, bytes: object.size } : undefined
  const found = known ?? (await files.head({ bucket: bucket.name, key: object.key, ...(version ? { version } : {}) }))
  if (!found) return undefined
  const file = { bucket: bucket.name, key: object.key, version: found.version }
  return { kind: 'landed', job: jobIdOf(file), ...file, bytes: found.bytes, sequencer: object.sequencer ?? '0' }
}

/**
 * Only an owner's deletion withdraws; lifecycle expiry does not. Deleting one old version says "Object Deleted" too:
 * while the key still answers, its newest version stands.
 */
const deleted = async ({ bucket, object, reason }: S3Detail, files: Files): Promise<Message | undefined> => {
  if (reason !== 'DeleteObject') return undefined
  if (await files.head({ bucket: bucket.name, key: object.key })) return undefined
  return { kind: 'deleted', bucket: bucket.name, key: object.key, sequencer: object.sequencer ?? '0' }
}
