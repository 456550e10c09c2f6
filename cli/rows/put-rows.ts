import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Change, Row } from '#cli/rows/config-changes'
import type { Both } from '#cli/rows/config-sides'

/** The tables that people edit. */
export type RowTables = Pick<OpenStack, 'db'> & {
  readonly names: Pick<OpenStack['names'], 'PayerPriorityTable' | 'CapacityPoolsTable'>
}

/**
 * Makes the changes in the tables, each on condition that its row still stands as it was compared. Pools come first and go
 * last, for rows name them. @throws when somebody edits a row meanwhile; what was put before stays.
 */
export const putRows = async ({ db, names }: RowTables, changes: Both<readonly Change[]>) => {
  const put = async (TableName: string, key: readonly string[], some: readonly Change[], kinds: readonly string[]) => {
    for (const { name, kind, from, to } of some.filter((change) => kinds.includes(change.kind))) {
      const row = to ?? from ?? {}
      const Key = Object.fromEntries(key.map((part) => [part, row[part]]))
      const command =
        kind === 'remove'
          ? new DeleteCommand({ TableName, Key, ...asRead(from, to, key) })
          : new PutCommand({ TableName, Item: { ...to }, ...asRead(from, to, key) })
      // Two classes of commands, one client.
      await (command instanceof PutCommand ? db.send(command) : db.send(command)).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        throw new Error(`Row ${name} of ${TableName} was edited while this ran; look again with: mayfly config diff`)
      })
    }
  }
  const payerKey = ['payerId', 'fileType']
  await put(names.CapacityPoolsTable, ['pool'], changes.pools, ['add', 'change'])
  await put(names.PayerPriorityTable, payerKey, changes.payers, ['add', 'change', 'remove'])
  await put(names.CapacityPoolsTable, ['pool'], changes.pools, ['remove'])
}

/** "The row stands as I read it": every field that it had, and none of those that it gets. */
const asRead = (from: Row | undefined, to: Row = {}, key: readonly string[]) => {
  const had = Object.keys(from ?? {})
  const fields = from ? [...new Set([...had, ...Object.keys(to)])] : [...key]
  const clauses = fields.map((field, i) => (had.includes(field) ? `#f${i} = :v${i}` : `attribute_not_exists(#f${i})`))
  const values = fields.flatMap((field, i) => (had.includes(field) ? [[`:v${i}`, from?.[field]] as const] : []))
  return {
    ConditionExpression: clauses.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(fields.map((field, i) => [`#f${i}`, field])),
    ...(values.length > 0 ? { ExpressionAttributeValues: Object.fromEntries(values) } : {}),
  }
}
