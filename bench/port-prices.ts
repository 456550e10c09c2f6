/** What one call of a port's method is to AWS's bill, and how long it takes there; a method is one request (design §5). */
export type PortPrice = {
  /** A name of the price table, or none: EC2's and Step Functions' requests are free. */
  service?: 's3Get' | 's3Put' | 'sqsFifoRequest' | 'eventBridgeEvent'
  /** An object is made: S3 tells EventBridge, which bills that. */
  makesObject?: true
  /** It moves the file's own data, or what its members leave for it: no cost of deciding and watching. */
  data?: true
  /** Within the region, warm connection, milliseconds: estimates, but for RunInstances (2.5–4.8 s, aws-facts). */
  ms: number
}

/** DynamoDB is billed by units, which `request-meter.ts` counts by the sizes of the items. */
const dynamodb: PortPrice = { ms: 8 }

export const portPrices: Record<string, PortPrice> = {
  ...Object.fromEntries(
    [
      ...['table.items', 'table.page', 'table.count', 'table.remove', 'table.write'],
      ...['tables.rows', 'tables.pool', 'tables.setRowStatus', 'tables.setPoolStatus'],
    ].map((method) => [method, dynamodb]),
  ),
  'table.commit': { ms: 20 },
  'table.writeAttempt': { ms: 20 },
  'files.head': { service: 's3Get', ms: 20 },
  'files.read': { service: 's3Get', data: true, ms: 60 },
  'files.tags': { service: 's3Get', ms: 20 },
  'files.writeTags': { service: 's3Put', ms: 30 },
  // S3 bills lists as it bills writes.
  'files.list': { service: 's3Put', ms: 60 },
  'results.readJson': { service: 's3Get', ms: 25 },
  'results.writeJson': { service: 's3Put', makesObject: true, ms: 30 },
  'results.writeText': { service: 's3Put', makesObject: true, ms: 30 },
  'results.copy': { service: 's3Put', data: true, makesObject: true, ms: 40 },
  'pointers.read': { service: 's3Get', ms: 25 },
  'pointers.write': { service: 's3Put', makesObject: true, ms: 30 },
  'processors.latest': { service: 's3Get', ms: 25 },
  'announcements.publish': { service: 'eventBridgeEvent', ms: 20 },
  'inbox.send': { ms: 12 },
  'inbox.retryIn': { service: 'sqsFifoRequest', ms: 12 },
  'executions.start': { ms: 30 },
  'executions.ended': { ms: 30 },
  'executions.succeed': { ms: 25 },
  'executions.fail': { ms: 25 },
  'machines.run': { ms: 3600 },
  'machines.terminate': { ms: 300 },
  'machines.byClientToken': { ms: 200 },
  'machines.find': { ms: 200 },
  'machines.list': { ms: 200 },
  'machines.console': { ms: 300 },
}
