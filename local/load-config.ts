import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { projectFolder } from '#local/project-folder'

// Only the keys: whether the rest of a row is good is for the tables' own readers to say, as after any edit.
const PayerRows = z.array(z.looseObject({ payerId: z.string().min(1), fileType: z.string().min(1) }))
const PoolRows = z.array(z.looseObject({ pool: z.string().min(1) }))

type Tables = { readonly payerPriority: string; readonly capacityPools: string }

/**
 * Puts every row of config/payers/*.json and config/pools.json into its table; rows already there are replaced.
 * @returns how many rows of each kind were put.
 */
export const pushConfig = async (client: DynamoDBDocumentClient, tables: Tables, folder?: string) => {
  const { pools, payers } = await readConfigRows(folder)
  // Pools first: a payer's row names its pool.
  for (const Item of pools) await client.send(new PutCommand({ TableName: tables.capacityPools, Item }))
  for (const Item of payers) await client.send(new PutCommand({ TableName: tables.payerPriority, Item }))
  return { payers: payers.length, pools: pools.length }
}

export const readConfigRows = async (folder = join(projectFolder, 'config')) => {
  const files = (await readdir(join(folder, 'payers'))).filter((name) => name.endsWith('.json')).sort()
  const payers = await Promise.all(files.map((name) => rows(join(folder, 'payers', name), PayerRows)))
  return { payers: payers.flat(), pools: await rows(join(folder, 'pools.json'), PoolRows) }
}

const rows = async <T>(file: string, schema: z.ZodType<T[]>): Promise<T[]> => {
  const parsed = schema.safeParse(await readFile(file, 'utf8').then(JSON.parse))
  if (!parsed.success)
    throw new Error(`${file} is not a list of rows with their keys: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}
