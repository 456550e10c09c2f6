import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { policyTables } from '#adapters/aws/policy-tables'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { documentClient } from '#functions/aws-clients'
import { consumedBy } from './consumed.ts'
import type { OwnEmulator } from './emulator.ts'
import { type memoryWorld, poolOf, type World } from './memory-world.ts'

type Built = Awaited<ReturnType<typeof memoryWorld>>

/** DynamoDB's limit of one BatchWriteItem. */
const AT_ONCE = 25

const columns = (...names: string[]): Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema'> => ({
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
})

const putAll = async (db: DynamoDBDocumentClient, table: string, items: Iterable<object>): Promise<void> => {
  let requests: { PutRequest: { Item: Record<string, unknown> } }[] = []
  const flush = async (): Promise<void> => {
    if (requests.length > 0) await db.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }))
    requests = []
  }
  for (const item of items) {
    requests.push({ PutRequest: { Item: { ...item } } })
    if (requests.length === AT_ONCE) await flush()
  }
  await flush()
}

function* itemsOf({ schedule }: Built): Generator<object> {
  for (const [PK, { values }] of schedule.partitions)
    for (const [SK, value] of values) yield { PK, SK, ...Object(value) }
}

/** The same tables, moved from memory into new ones of the emulator; `peek` is not counted in `consumed`. */
export const emulatorWorld = async (
  { config }: OwnEmulator,
  name: string,
  built: Built,
): Promise<World & { close: () => void }> => {
  const raw = new DynamoDBClient(config)
  const tables = {
    schedule: `${name}-schedule`,
    jobs: `${name}-jobs`,
    payerPriority: `${name}-payers`,
    capacityPools: `${name}-pools`,
  }
  const create = (TableName: string, ...key: string[]) =>
    raw.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...columns(...key) }))
  await create(tables.schedule, 'PK', 'SK')
  await create(tables.jobs, 'jobId')
  await create(tables.payerPriority, 'payerId', 'fileType')
  await create(tables.capacityPools, 'pool')
  raw.destroy()

  const [db, uncounted] = [documentClient(config), documentClient(config)]
  const consumed = consumedBy(db)
  await putAll(uncounted, tables.schedule, itemsOf(built))
  await putAll(
    uncounted,
    tables.payerPriority,
    [...built.policies.rows.values()].flatMap((rows) => [...rows.values()]),
  )
  return {
    ports: { table: scheduleTable(uncounted, tables), tables: policyTables(uncounted, tables) },
    /** The same, every request of which the emulator bills. */
    billed: { table: scheduleTable(db, tables), tables: policyTables(db, tables) },
    consumed,
    lanes: built.lanes,
    setPool: async (maxInstances: number): Promise<void> => {
      await uncounted.send(new PutCommand({ TableName: tables.capacityPools, Item: poolOf(maxInstances) }))
    },
    setRow: async (row: object): Promise<void> => {
      await uncounted.send(new PutCommand({ TableName: tables.payerPriority, Item: { ...row } }))
    },
    close: (): void => {
      db.destroy()
      uncounted.destroy()
    },
  }
}
