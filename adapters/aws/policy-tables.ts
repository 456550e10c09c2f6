import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { PolicyTables } from '#domain/ports/policy-tables'

/** The tables `payer-priority` and `capacity-pools` in DynamoDB. */
export const policyTables = (
  db: DynamoDBDocumentClient,
  names: { payerPriority: string; capacityPools: string },
): PolicyTables => {
  const setStatus = async (TableName: string, Key: Record<string, string>, status: string): Promise<void> => {
    try {
      await db.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression: 'SET mayflyStatus = :status',
          ConditionExpression:
            'attribute_exists(#key) AND (attribute_not_exists(mayflyStatus) OR mayflyStatus <> :status)',
          ExpressionAttributeNames: { '#key': Object.keys(Key)[0] ?? '' },
          ExpressionAttributeValues: { ':status': status },
        }),
      )
    } catch (error) {
      // The row is gone, or says so already: nothing to tell.
      if (!(error instanceof ConditionalCheckFailedException)) throw error
    }
  }
  return {
    async rows(payerId) {
      // A payer has a handful of rows: one page of 1 MB holds them all.
      const { Items } = await db.send(
        new QueryCommand({
          TableName: names.payerPriority,
          ConsistentRead: true,
          KeyConditionExpression: 'payerId = :payerId',
          ExpressionAttributeValues: { ':payerId': payerId },
        }),
      )
      return Items ?? []
    },
    async pool(pool) {
      const { Item } = await db.send(
        new GetCommand({ TableName: names.capacityPools, Key: { pool }, ConsistentRead: true }),
      )
      return Item
    },
    setRowStatus: (payerId, fileType, status) => setStatus(names.payerPriority, { payerId, fileType }, status),
    setPoolStatus: (pool, status) => setStatus(names.capacityPools, { pool }, status),
  }
}
