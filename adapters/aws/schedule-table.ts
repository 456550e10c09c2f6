import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { type ScheduleTable, Superseded, TooLarge } from '#domain/ports/schedule-table'
import type { StoredItem } from '#domain/schedule/books'
import * as keys from '#domain/schedule/keys'

type Action = NonNullable<TransactWriteCommandInput['TransactItems']>[number]
type Attributes = Record<string, unknown>

/** DynamoDB's limit of one transaction (aws-facts). */
const MAX_ACTIONS = 100

const keyOf = ({ pk, sk }: keys.Key) => ({ PK: pk, SK: sk })

const stored = (attributes: Attributes): StoredItem => {
  const { PK, SK, ...value } = attributes
  return { pk: String(PK), sk: String(SK), value }
}

const revisionIs = (rev: number | undefined) =>
  rev === undefined
    ? { ConditionExpression: 'attribute_not_exists(PK)' }
    : { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': rev } }

/** Throttling and conflicts are the SDK's and the queue's to retry; only a condition that failed means "read again". */
const supersededBy = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(
    ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
  )

const write = async (db: DynamoDBDocumentClient, actions: Action[]): Promise<void> => {
  if (actions.length > MAX_ACTIONS)
    throw new TooLarge(`${actions.length} actions in one transaction; DynamoDB takes ${MAX_ACTIONS}`)
  try {
    await db.send(new TransactWriteCommand({ TransactItems: actions }))
  } catch (error) {
    if (supersededBy(error)) throw new Superseded('the shard, an attempt or a job is not as it was read')
    throw error
  }
}

/** The tables `schedule` and `jobs` in DynamoDB. */
export const scheduleTable = (
  db: DynamoDBDocumentClient,
  names: { schedule: string; jobs: string },
): ScheduleTable => ({
  async items(wanted) {
    const { Responses, UnprocessedKeys } = await db.send(
      new BatchGetCommand({ RequestItems: { [names.schedule]: { Keys: wanted.map(keyOf), ConsistentRead: true } } }),
    )
    const unprocessed = UnprocessedKeys?.[names.schedule]?.Keys?.length ?? 0
    if (unprocessed > 0) throw new Error(`DynamoDB left ${unprocessed} of ${wanted.length} keys unread; read again`)
    const found = (Responses?.[names.schedule] ?? []).map(stored)
    return wanted.map(({ pk, sk }) => found.find((item) => item.pk === pk && item.sk === sk))
  },

  async page({ pk, prefix, after, limit }) {
    const { Items = [], LastEvaluatedKey } = await db.send(
      new QueryCommand({
        TableName: names.schedule,
        ConsistentRead: true,
        KeyConditionExpression: prefix ? 'PK = :pk AND begins_with(SK, :prefix)' : 'PK = :pk',
        ExpressionAttributeValues: { ':pk': pk, ...(prefix ? { ':prefix': prefix } : {}) },
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: { PK: pk, SK: after } }),
      }),
    )
    return { items: Items.map(stored), complete: LastEvaluatedKey === undefined }
  },

  async count({ pk, after }) {
    const { Count = 0, LastEvaluatedKey } = await db.send(
      new QueryCommand({
        TableName: names.schedule,
        ConsistentRead: true,
        Select: 'COUNT',
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ...(after === undefined ? {} : { ExclusiveStartKey: { PK: pk, SK: after } }),
      }),
    )
    return { count: Count, ...(LastEvaluatedKey ? { next: String(LastEvaluatedKey['SK']) } : {}) }
  },

  async commit({ seq, writes, fences, calls, records }) {
    const fenceOf = new Map(fences.map((fence) => [`${fence.key.pk}\n${fence.key.sk}`, fence]))
    const actions: Action[] = [
      {
        Put: {
          TableName: names.schedule,
          Item: { ...keyOf(keys.shard()), seq: seq + 1 },
          ...(seq === 0
            ? { ConditionExpression: 'attribute_not_exists(PK)' }
            : { ConditionExpression: 'seq = :seq', ExpressionAttributeValues: { ':seq': seq } }),
        },
      },
    ]
    for (const { key, value } of writes) {
      const id = `${key.pk}\n${key.sk}`
      const fence = fenceOf.get(id)
      fenceOf.delete(id)
      const condition = fence ? revisionIs(fence.rev) : {}
      actions.push(
        value === undefined
          ? { Delete: { TableName: names.schedule, Key: keyOf(key), ...condition } }
          : { Put: { TableName: names.schedule, Item: { ...keyOf(key), ...(value as Attributes) }, ...condition } },
      )
    }
    for (const { key, rev } of fenceOf.values())
      actions.push({ ConditionCheck: { TableName: names.schedule, Key: keyOf(key), ...revisionIs(rev) } })
    for (const { key, item } of calls)
      actions.push({ Put: { TableName: names.schedule, Item: { ...keyOf(key), ...item } } })
    for (const record of records) actions.push({ Put: { TableName: names.jobs, Item: record } })
    await write(db, actions)
  },

  async writeAttempt({ attempt, was, job, instanceId }) {
    const Item = { ...keyOf(keys.attempt(attempt.job, attempt.round, attempt.attempt)), ...attempt }
    const ref = { job: attempt.job, round: attempt.round, attempt: attempt.attempt }
    const openKey = keyOf(keys.open(ref.job, ref.round, ref.attempt))
    const actions: Action[] = [
      {
        ConditionCheck: {
          TableName: names.schedule,
          Key: keyOf(keys.job(job.job)),
          ConditionExpression:
            '#round = :round AND turn = :turn AND #status IN (:starting, :running) AND attribute_not_exists(#stop)',
          ExpressionAttributeNames: { '#round': 'round', '#status': 'status', '#stop': 'stop' },
          ExpressionAttributeValues: {
            ':round': job.round,
            ':turn': job.turn,
            ':starting': 'starting',
            ':running': 'running',
          },
        },
      },
      { Put: { TableName: names.schedule, Item, ...revisionIs(was) } },
      attempt.state === 'open'
        ? { Put: { TableName: names.schedule, Item: { ...openKey, ...ref } } }
        : { Delete: { TableName: names.schedule, Key: openKey } },
    ]
    if (instanceId !== undefined)
      actions.push({
        Update: {
          TableName: names.schedule,
          Key: keyOf(keys.instance(instanceId)),
          UpdateExpression: 'SET instanceId = :id, job = :job, #round = :round, attempt = :attempt',
          ExpressionAttributeNames: { '#round': 'round' },
          ExpressionAttributeValues: {
            ':id': instanceId,
            ':job': ref.job,
            ':round': ref.round,
            ':attempt': ref.attempt,
          },
        },
      })
    await write(db, actions)
  },

  async remove(key) {
    await db.send(new DeleteCommand({ TableName: names.schedule, Key: keyOf(key) }))
  },

  async write(key, value) {
    await db.send(new PutCommand({ TableName: names.schedule, Item: { ...keyOf(key), ...value } }))
  },
})
