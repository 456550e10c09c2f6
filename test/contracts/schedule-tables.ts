import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { scheduleTable as awsTable } from '#adapters/aws/schedule-table'
import { emptySchedule, scheduleTable as memoryTable } from '#adapters/memory/schedule-table'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { documentClient } from '#functions/aws-clients'
import { emulated } from '#test/contracts/emulated'

type Tables = { table: ScheduleTable; record: (jobId: string) => Promise<unknown> }

const memory = async () => ({
  fresh: async (): Promise<Tables> => {
    const state = emptySchedule()
    return { table: memoryTable(state), record: async (jobId) => state.jobs.get(jobId) }
  },
  close: async () => {},
})

const columns = (...names: string[]): Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema'> => ({
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
})

const aws = async () => {
  const emulator = await emulated()
  const raw = new DynamoDBClient(emulator.config)
  const db = documentClient(emulator.config)
  let made = 0
  return {
    fresh: async (): Promise<Tables> => {
      const names = { schedule: `schedule-${++made}`, jobs: `jobs-${made}` }
      const create = (TableName: string, ...key: string[]) =>
        raw.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...columns(...key) }))
      await create(names.schedule, 'PK', 'SK')
      await create(names.jobs, 'jobId')
      return {
        table: awsTable(db, names),
        record: async (jobId) => (await db.send(new GetCommand({ TableName: names.jobs, Key: { jobId } }))).Item,
      }
    },
    close: emulator.stop,
  }
}

/** The two tables of the schedule, new for the asking, over each of its adapters. */
export const scheduleTables = [
  { over: 'memory', open: memory },
  { over: 'DynamoDB', open: aws },
]

/** A key of the table. */
export const at = (pk: string, sk = 'STATE') => ({ pk, sk })
