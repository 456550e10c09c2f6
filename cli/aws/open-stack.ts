import { EC2Client } from '@aws-sdk/client-ec2'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { inbox } from '#adapters/aws/inbox'
import { machines } from '#adapters/aws/machines'
import { policyTables } from '#adapters/aws/policy-tables'
import { results } from '#adapters/aws/results'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { type AwsOptions, type ClientOptions, clientOptions } from '#cli/aws/aws-options'
import { stackOutputs } from '#cli/aws/stack-outputs'
import { type Asked, toldOf } from '#cli/aws/why-aws-failed'
import type { Inbox } from '#domain/ports/inbox'
import { documentClient } from '#functions/aws-clients'
import type { Sources } from '#functions/think'

const Names = z.object({
  LandingBucket: z.string(),
  ResultsBucket: z.string(),
  ArtifactsBucket: z.string(),
  InboxUrl: z.string(),
  JobsTable: z.string(),
  ScheduleTable: z.string(),
  PayerPriorityTable: z.string(),
  CapacityPoolsTable: z.string(),
})

/** A deployed stack to read from, to drop files into, and to send requests to. */
export type OpenStack = {
  readonly names: z.infer<typeof Names>
  readonly db: DynamoDBDocumentClient
  readonly s3: S3Client
  readonly ec2: EC2Client
  readonly inbox: Inbox
  /** What decisions, and explanations of them, ask. */
  readonly sources: Sources
  /** AWS itself, no emulator. */
  readonly onAws: boolean
  /** Whom its clients ask, for a person. */
  readonly asked: Asked
  close(): void
}

/** The stack `Mayfly` where the options of the command point. One AWS request. @throws StackNotFound */
export const openStack = async (options: AwsOptions): Promise<OpenStack> => {
  const other = await clientOptions(options)
  return stackAt(other, await clientOptions(options, 'ec2'), await stackOutputs(other))
}

/** @throws when an output is missing: the stack is of another version. */
export const stackAt = (
  other: ClientOptions,
  ec2: ClientOptions,
  outputs: Readonly<Record<string, string>>,
): OpenStack => {
  const found = Names.safeParse(outputs)
  if (!found.success) {
    const missing = found.error.issues.map(({ path }) => path.join('.')).join(', ')
    throw new Error(`The stack Mayfly has no output ${missing}; deploy this version of it again`)
  }
  const names = found.data
  const db = documentClient(other)
  // An emulator's buckets have no host names of their own.
  const onAws = (other.endpoint ?? process.env['AWS_ENDPOINT_URL']) === undefined
  const s3 = new S3Client({ ...other, forcePathStyle: !onAws })
  const instances = new EC2Client(ec2)
  const sqs = new SQSClient(other)
  return {
    names,
    db,
    s3,
    ec2: instances,
    inbox: inbox(sqs, names.InboxUrl),
    onAws,
    asked: {
      ...{ profile: other.profile, region: other.region ?? process.env['AWS_REGION'] },
      ...{ endpoint: other.endpoint ?? process.env['AWS_ENDPOINT_URL'], ec2Endpoint: ec2.endpoint },
    },
    sources: {
      table: scheduleTable(db, { schedule: names.ScheduleTable, jobs: names.JobsTable }),
      tables: policyTables(db, { payerPriority: names.PayerPriorityTable, capacityPools: names.CapacityPoolsTable }),
      results: results(s3, names.ResultsBucket),
      machines: machines(instances),
    },
    close() {
      for (const client of [db, s3, instances, sqs]) client.destroy()
    },
  }
}

/** Opens the stack for one command and closes it after. */
export const withStack = async <T>(options: AwsOptions, use: (stack: OpenStack) => Promise<T>): Promise<T> => {
  const stack = await openStack(options)
  try {
    return await use(stack)
  } catch (error) {
    throw toldOf(error, stack.asked)
  } finally {
    stack.close()
  }
}
