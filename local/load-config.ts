import { join } from 'node:path'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type FileRow, readRowFiles } from '#config/row-files'
import { projectFolder } from '#local/project-folder'

// Only the keys: whether the rest of a row is good is for the tables' own readers to say, as after any edit.
const PayerRow = z.looseObject({ payerId: z.string().min(1), fileType: z.string().min(1) })
const PoolRow = z.looseObject({ pool: z.string().min(1) })

type Tables = { readonly payerPriority: string; readonly capacityPools: string }

/**
 * Puts every row of config/payers/ and config/pools.yaml into its table; rows already there are replaced.
 * @returns how many rows of each kind were put.
 */
export const pushConfig = async (client: DynamoDBDocumentClient, tables: Tables, folder?: string) => {
  const { pools, payers } = await readConfigRows(folder)
  // Pools first: a payer's row names its pool.
  for (const Item of pools) await client.send(new PutCommand({ TableName: tables.capacityPools, Item }))
  for (const Item of payers) await client.send(new PutCommand({ TableName: tables.payerPriority, Item }))
  return { payers: payers.length, pools: pools.length }
}

/** The rows of a folder like config/, by table. @throws when one lacks its key. */
export const readConfigRows = async (folder = join(projectFolder, 'config')) => {
  const { payers, pools } = await readRowFiles(folder)
  return { payers: withKeys(payers, PayerRow), pools: withKeys(pools, PoolRow) }
}

const withKeys = <T>(rows: readonly FileRow[], schema: z.ZodType<T>): T[] =>
  rows.map(({ where, row }) => {
    const parsed = schema.safeParse(row)
    if (parsed.success) return parsed.data
    throw new Error(`${where} lacks its key: ${z.prettifyError(parsed.error)}`)
  })
