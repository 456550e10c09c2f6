import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { policyTables as awsTables } from '#adapters/aws/policy-tables'
import { emptyPolicies, policyTables as memoryTables, putPool, putRow } from '#adapters/memory/policy-tables'
import type { PolicyTables } from '#domain/ports/policy-tables'
import { documentClient } from '#functions/aws-clients'
import { emulated } from '#test/contracts/emulated'

type Row = { payerId: string; fileType: string } & Record<string, unknown>
type Pool = { pool: string } & Record<string, unknown>
type Edited = {
  tables: PolicyTables
  putRow: (row: Row) => Promise<void>
  putPool: (pool: Pool) => Promise<void>
  /** How often Mayfly has written: on AWS each write is a stream record, and news to `reconfigure`. */
  writes: () => number
}

const memory = async () => ({
  fresh: async (): Promise<Edited> => {
    const state = emptyPolicies()
    return {
      tables: memoryTables(state),
      putRow: async (row) => putRow(state, row),
      putPool: async (pool) => putPool(state, pool),
      writes: () => state.marked.length,
    }
  },
  close: async () => {},
})

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const })

const aws = async () => {
  const emulator = await emulated()
  const raw = new DynamoDBClient(emulator.config)
  let made = 0
  return {
    fresh: async (): Promise<Edited> => {
      const names = { payerPriority: `rows-${++made}`, capacityPools: `pools-${made}` }
      await raw.send(
        new CreateTableCommand({
          TableName: names.payerPriority,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [text('payerId'), text('fileType')],
          KeySchema: [
            { AttributeName: 'payerId', KeyType: 'HASH' },
            { AttributeName: 'fileType', KeyType: 'RANGE' },
          ],
        }),
      )
      await raw.send(
        new CreateTableCommand({
          TableName: names.capacityPools,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [text('pool')],
          KeySchema: [{ AttributeName: 'pool', KeyType: 'HASH' }],
        }),
      )
      const people = documentClient(emulator.config)
      const ours = documentClient(emulator.config)
      let writes = 0
      ours.middlewareStack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            const answer = await next(args)
            // A condition that fails throws: what comes here was written.
            if (commandName.startsWith('Update')) writes += 1
            return answer
          },
        { step: 'initialize' },
      )
      return {
        tables: awsTables(ours, names),
        putRow: async (Item) => void (await people.send(new PutCommand({ TableName: names.payerPriority, Item }))),
        putPool: async (Item) => void (await people.send(new PutCommand({ TableName: names.capacityPools, Item }))),
        writes: () => writes,
      }
    },
    close: emulator.stop,
  }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'DynamoDB', open: aws },
])('the policy tables over $over', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let edited: Edited
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened?.close())
  beforeEach(async () => {
    edited = await opened.fresh()
  })

  const claims: Row = { payerId: 'acme', fileType: 'claims', priority: 5, after: [{ type: 'member' }], note: 'ü' }
  const any: Row = { payerId: 'acme', fileType: '*', enabled: false }

  it('gives all rows of a payer by type, and of nobody else', async () => {
    for (const row of [claims, any, { ...any, payerId: 'acme2' }, { ...any, payerId: '*' }]) await edited.putRow(row)
    expect(await edited.tables.rows('acme')).toEqual([any, claims])
    expect(await edited.tables.rows('*')).toEqual([{ ...any, payerId: '*' }])
    expect(await edited.tables.rows('nobody')).toEqual([])
  })

  it('gives rows as they stand, wrong ones too, and as they were edited last', async () => {
    await edited.putRow({ ...claims, priority: 'first', typo: 1 })
    expect(await edited.tables.rows('acme')).toEqual([{ ...claims, priority: 'first', typo: 1 }])
    await edited.putRow(any)
    await edited.putRow({ ...any, enabled: true })
    expect(await edited.tables.rows('acme')).toContainEqual({ ...any, enabled: true })
  })

  it('gives a pool, or undefined', async () => {
    await edited.putPool({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    expect(await edited.tables.pool('p')).toEqual({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    expect(await edited.tables.pool('q')).toBeUndefined()
  })

  it('marks a row and a pool, and changes nothing else of them', async () => {
    await edited.putRow(claims)
    await edited.putRow(any)
    await edited.putPool({ pool: 'p', maxVcpus: 2 })
    await edited.tables.setRowStatus('acme', 'claims', 'in force')
    await edited.tables.setPoolStatus('p', 'not in force')
    expect(await edited.tables.rows('acme')).toEqual([any, { ...claims, mayflyStatus: 'in force' }])
    expect(await edited.tables.pool('p')).toEqual({ pool: 'p', maxVcpus: 2, mayflyStatus: 'not in force' })
  })

  it('does not write the same mark twice, and does write another', async () => {
    await edited.putRow(claims)
    await edited.putPool({ pool: 'p' })
    for (const status of ['in force', 'in force', 'not in force']) {
      await edited.tables.setRowStatus('acme', 'claims', status)
      await edited.tables.setPoolStatus('p', status)
    }
    expect(edited.writes()).toBe(4)
    expect(await edited.tables.rows('acme')).toEqual([{ ...claims, mayflyStatus: 'not in force' }])
  })

  it('does not bring back a row that is gone', async () => {
    await edited.putRow(any)
    await edited.tables.setRowStatus('acme', 'claims', 'in force')
    await edited.tables.setRowStatus('nobody', '*', 'in force')
    await edited.tables.setPoolStatus('p', 'in force')
    expect(await edited.tables.rows('acme')).toEqual([any])
    expect(await edited.tables.rows('nobody')).toEqual([])
    expect(await edited.tables.pool('p')).toBeUndefined()
    expect(edited.writes()).toBe(0)
  })
})
