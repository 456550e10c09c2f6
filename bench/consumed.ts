import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

const unitsOf = (part: unknown): number => {
  const units: unknown = Reflect.get(Object(part), 'CapacityUnits')
  return typeof units === 'number' ? units : 0
}

export type Consumed = ReturnType<typeof consumedBy>

/** What the other side says it would bill a client for, from now on: requests, and the write units of its transactions. */
export const consumedBy = (db: DynamoDBDocumentClient) => {
  const billed = { requests: 0, transactions: 0, transactedUnits: 0 }
  db.middlewareStack.add(
    (next, context) => async (args) => {
      const transaction =
        context.commandName === 'TransactWriteItemsCommand' || context.commandName === 'TransactWriteCommand'
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } })
      billed.requests += 1
      if (!transaction) return answer
      const parts: unknown = Reflect.get(Object(answer.output), 'ConsumedCapacity')
      billed.transactions += 1
      billed.transactedUnits += (Array.isArray(parts) ? parts : []).map(unitsOf).reduce((a, b) => a + b, 0)
      return answer
    },
    { step: 'initialize', name: 'countConsumed' },
  )
  return {
    take: () => {
      const taken = { ...billed }
      Object.assign(billed, { requests: 0, transactions: 0, transactedUnits: 0 })
      return taken
    },
  }
}
