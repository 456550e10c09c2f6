import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changesOf, type Row } from '#cli/rows/config-changes'
import { putRows, type RowTables } from '#cli/rows/put-rows'
import { documentClient } from '#functions/aws-clients'
import { emulated } from '#test/contracts/emulated'

let emulator: Awaited<ReturnType<typeof emulated>>
let raw: DynamoDBClient
beforeAll(async () => {
  emulator = await emulated()
  raw = new DynamoDBClient(emulator.config)
})
afterAll(async () => {
  raw.destroy()
  await emulator.stop()
})

let made = 0
let tables: RowTables
beforeEach(async () => {
  const names = { PayerPriorityTable: `rows-${++made}`, CapacityPoolsTable: `pools-${made}` }
  for (const [TableName, keys] of [
    [names.PayerPriorityTable, ['payerId', 'fileType']],
    [names.CapacityPoolsTable, ['pool']],
  ] as const)
    await raw.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
      }),
    )
  tables = { db: documentClient(emulator.config), names }
})

const acme = { payerId: 'acme', fileType: '*', priority: 1, after: [{ type: 'member' }], tags: { team: 'a' } }
const put = (Item: Row) =>
  tables.db.send(new PutCommand({ TableName: tables.names.PayerPriorityTable, Item: { ...Item } }))
const stands = async () => {
  const Key = { payerId: 'acme', fileType: '*' }
  return (await tables.db.send(new GetCommand({ TableName: tables.names.PayerPriorityTable, Key }))).Item
}
const change = (from: Row | undefined, to: Row | undefined) => {
  const rows = (row: Row | undefined) => new Map(row ? [['acme/*', row]] : [])
  return { payers: changesOf({ source: rows(to), target: rows(from), base: rows(from) }), pools: [] }
}

describe('rows are put on condition that they stand as they were compared', () => {
  it.each([
    { what: 'a new row', from: undefined, to: acme },
    { what: 'other fields', from: acme, to: { payerId: 'acme', fileType: '*', priority: 2, note: 'x' } },
    { what: 'no row', from: acme, to: undefined },
  ])('$what', async ({ from, to }) => {
    if (from) await put({ ...from, mayflyStatus: 'in force' }) // the scheduler's remark is no edit
    await putRows(tables, change(from, to))
    expect(await stands()).toEqual(to)
  })

  it.each([
    { what: 'a row that appeared', compared: undefined, meanwhile: acme, to: { ...acme, priority: 3 } },
    { what: 'a value that changed', compared: acme, meanwhile: { ...acme, priority: 9 }, to: { ...acme, note: 'x' } },
    { what: 'a list that changed', compared: acme, meanwhile: { ...acme, after: [] }, to: undefined },
    {
      what: 'a field that we are about to add',
      compared: acme,
      meanwhile: { ...acme, note: 'y' },
      to: { ...acme, note: 'x' },
    },
  ])('$what stays as it is', async ({ compared, meanwhile, to }) => {
    await put(meanwhile)
    await expect(putRows(tables, change(compared, to))).rejects.toThrow(
      /^Row acme\/\* of rows-\d+ was edited while this ran/,
    )
    expect(await stands()).toEqual(meanwhile)
  })

  it('pools come before the rows that name them', async () => {
    const pool = { pool: 'p', maxVcpus: 2, maxInstances: 1 }
    const pools = changesOf({ source: new Map([['p', pool]]), target: new Map(), base: new Map() })
    await put({ ...acme, priority: 7 })
    await expect(putRows(tables, { ...change(undefined, acme), pools })).rejects.toThrow(/was edited/)
    const { Items } = await tables.db.send(new ScanCommand({ TableName: tables.names.CapacityPoolsTable }))
    expect(Items).toEqual([pool])
  })
})
