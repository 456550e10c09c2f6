import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

/** One request of a function as it went over the wire, by the port's method that makes it. */
export type WireRequest = { method: string; readUnits: number; writeUnits: number }

const dynamodb: Record<string, string> = {
  BatchGetItem: 'table.items',
  Query: 'table.page',
  GetItem: 'tables.pool',
  PutItem: 'table.write',
  UpdateItem: 'tables.setRowStatus',
  DeleteItem: 'table.remove',
  TransactWriteItems: 'table.commit',
}
const others: Record<string, string> = {
  SendMessage: 'inbox.send',
  ChangeMessageVisibilityBatch: 'inbox.retryIn',
  StartExecution: 'executions.start',
  SendTaskSuccess: 'executions.succeed',
  SendTaskFailure: 'executions.fail',
  ListExecutions: 'executions.ended',
  PutEvents: 'announcements.publish',
}
const ec2: Record<string, string> = { RunInstances: 'machines.run', TerminateInstances: 'machines.terminate' }

/** Of S3, by what is asked of which bucket (the landing bucket's name has `landing` in it, and so on). */
const ofS3 = (verb: string, url: string, headers: IncomingMessage['headers']): string => {
  const { pathname, searchParams: asks } = new URL(url, 'http://s3')
  const [bucket = '', ...path] = pathname.slice(1).split('/')
  const key = path.join('/')
  if (key === '') return 'files.list'
  if (asks.has('tagging')) return verb === 'PUT' ? 'files.writeTags' : 'files.tags'
  if (verb === 'HEAD') return 'files.head'
  if (verb === 'PUT' && headers['x-amz-copy-source']) return 'results.copy'
  if (key.startsWith('done/')) return verb === 'PUT' ? 'pointers.write' : 'pointers.read'
  if (verb === 'PUT') return key.startsWith('journal/') ? 'journal' : 'results.writeJson'
  if (bucket.includes('landing')) return 'files.read'
  return bucket.includes('artifacts') ? 'processors.latest' : 'results.readJson'
}

/** The port's method behind a request. @throws when nobody has described it here */
export const methodOf = (verb: string, url: string, headers: IncomingMessage['headers'], body: string): string => {
  const target = headers['x-amz-target']
  if (typeof target === 'string') {
    const [api = '', operation = ''] = target.split('.')
    const found = api.startsWith('DynamoDB') ? dynamodb[operation] : others[operation]
    if (!found) throw new Error(`no port asks for ${target}`)
    return found
  }
  const action = new URLSearchParams(body).get('Action')
  return verb === 'POST' && action ? (ec2[action] ?? 'machines.find') : ofS3(verb, url, headers)
}

const Consumed = z.object({ CapacityUnits: z.number() })
const Answer = z.object({
  ConsumedCapacity: z.union([Consumed, z.array(Consumed)]).optional(),
  Items: z.array(z.unknown()).default([]),
  Responses: z.record(z.string(), z.array(z.unknown())).default({}),
})
const Asked = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(z.unknown()) })).default({}) })

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
/** Of what was found, bytes: DynamoDB's own JSON is longer than the items. */
const started4KB = (found: unknown): number => Math.max(1, Math.ceil(JSON.stringify(found).length / 4096))

/** Consistent reads: one for each key that is asked for, found or not, and more for large items; one a page at least. */
const readUnits = (method: string, body: string, { Items, Responses }: z.infer<typeof Answer>): number => {
  if (method !== 'table.items') return started4KB(Items)
  const keys = sum(Object.values(Asked.parse(JSON.parse(body)).RequestItems).map(({ Keys }) => Keys.length))
  return keys + sum(Object.values(Responses).flatMap((items) => items.map((item) => started4KB(item) - 1)))
}

/** Writes by what the other side says, which the emulator reckons as AWS does; its reads are not. */
const unitsOf = (method: string, body: string, said: string): Pick<WireRequest, 'readUnits' | 'writeUnits'> => {
  const answer = Answer.parse(JSON.parse(said))
  if (READS.includes(method)) return { readUnits: readUnits(method, body, answer), writeUnits: 0 }
  return { readUnits: 0, writeUnits: sum([answer.ConsumedCapacity ?? []].flat().map((one) => one.CapacityUnits)) }
}
const READS = ['table.items', 'table.page', 'tables.pool']

/** Hands a request on and tells what it was, with the units that the other side would bill for it. */
export const counting =
  (tell: (request: WireRequest) => void) =>
  (request: IncomingMessage, body: Buffer, response: ServerResponse, endpoint: string): void => {
    const { method: verb = 'GET', url = '/', headers } = request
    const method = methodOf(verb, url, headers, body.toString())
    const isTable = Object.values(dynamodb).includes(method)
    const asked = isTable
      ? Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'TOTAL' }))
      : body
    const target = new URL(url, endpoint)
    const { 'transfer-encoding': _chunked, ...rest } = headers
    const outgoing = send(
      target,
      { method: verb, headers: { ...rest, host: target.host, 'content-length': String(asked.length) } },
      async (answer) => {
        if (!isTable) {
          tell({ method, readUnits: 0, writeUnits: 0 })
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          return void answer.pipe(response)
        }
        const said = await text(answer)
        tell({ method, ...unitsOf(method, body.toString(), said) })
        const { 'transfer-encoding': _also, ...answered } = answer.headers
        response.writeHead(answer.statusCode ?? 502, {
          ...answered,
          'content-length': String(Buffer.byteLength(said)),
        })
        response.end(said)
      },
    )
    outgoing.on('error', (error) => response.destroy(error))
    outgoing.end(asked)
  }
