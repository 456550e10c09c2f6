import { describe, expect, it } from 'vitest'
import { listenOnLoopback } from '#local/hypervisor/loopback-server'
import { portPrices } from '../../bench/port-prices.ts'
import { counting, methodOf, type WireRequest } from '../../bench/wire-requests.ts'

const target = (name: string) => ({ 'x-amz-target': name })

describe('a request on the wire is that of a port', () => {
  it.each([
    ['POST', '/', target('DynamoDB_20120810.TransactWriteItems'), '', 'table.commit'],
    ['POST', '/', target('DynamoDB_20120810.BatchGetItem'), '', 'table.items'],
    ['POST', '/', target('AmazonSQS.SendMessage'), '', 'inbox.send'],
    ['POST', '/', target('AWSStepFunctions.SendTaskSuccess'), '', 'executions.succeed'],
    ['POST', '/', {}, 'Action=RunInstances&Version=2016-11-15', 'machines.run'],
    ['GET', '/mayfly-landing-1/acme/claims/c?versionId=v', {}, '', 'files.read'],
    ['GET', '/mayfly-landing-1/acme/claims/c?tagging&versionId=v', {}, '', 'files.tags'],
    ['PUT', '/mayfly-landing-1/acme/claims/c?tagging&versionId=v', {}, '', 'files.writeTags'],
    ['GET', '/mayfly-landing-1?versions', {}, '', 'files.list'],
    ['GET', '/mayfly-artifacts-1/processors/claims/latest.json', {}, '', 'processors.latest'],
    ['PUT', '/mayfly-results-1/runs/r/in/m', { 'x-amz-copy-source': 'x' }, '', 'results.copy'],
    ['PUT', '/mayfly-results-1/reports/j/r1.json', {}, '', 'results.writeJson'],
    ['PUT', '/mayfly-results-1/done/acme/claims/c.json', {}, '', 'pointers.write'],
    ['GET', '/mayfly-results-1/runs/r/result.json', {}, '', 'results.readJson'],
  ])('%s %s %o %s', (verb, url, headers, body, method) => {
    expect(methodOf(verb, url, headers, body)).toBe(method)
    expect(Object.keys(portPrices)).toContain(method)
  })

  it('the journal is no cost of a file, and what nobody has described is an error', () => {
    expect(methodOf('PUT', '/mayfly-results-1/journal/1.json', {}, '')).toBe('journal')
    expect(() => methodOf('POST', '/', target('AmazonSQS.PurgeQueue'), '')).toThrow(
      'no port asks for AmazonSQS.PurgeQueue',
    )
  })
})

describe('the units of a request', () => {
  const large = 'x'.repeat(5000)
  it.each([
    {
      what: 'two keys, one not there and one of two times 4 KB',
      ...{ operation: 'BatchGetItem', asked: { RequestItems: { t: { Keys: [{}, {}] } } } },
      ...{ answer: { Responses: { t: [{ a: large }] }, ConsumedCapacity: [{ CapacityUnits: 99 }] } },
      units: { readUnits: 3, writeUnits: 0 },
    },
    {
      what: 'an empty page',
      ...{ operation: 'Query', asked: {}, answer: { Items: [] } },
      units: { readUnits: 1, writeUnits: 0 },
    },
    {
      what: 'a transaction over two tables',
      ...{ operation: 'TransactWriteItems', asked: { TransactItems: [] } },
      answer: { ConsumedCapacity: [{ CapacityUnits: 8 }, { CapacityUnits: 2 }] },
      units: { readUnits: 0, writeUnits: 10 },
    },
  ])('of $what', async ({ operation, asked, answer, units }) => {
    const seen: WireRequest[] = []
    const bodies: unknown[] = []
    const behind = await listenOnLoopback(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      bodies.push(JSON.parse(body))
      response.end(JSON.stringify(answer))
    })
    const endpoint = `http://127.0.0.1:${behind.port}`
    const proxy = await listenOnLoopback(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      counting((one) => seen.push(one))(request, Buffer.concat(chunks), response, endpoint)
    })
    const headers = target(`DynamoDB_20120810.${operation}`)
    const said = await fetch(`http://127.0.0.1:${proxy.port}/`, {
      method: 'POST',
      headers,
      body: JSON.stringify(asked),
    })
    expect(await said.json()).toEqual(answer)
    expect(bodies).toEqual([{ ...asked, ReturnConsumedCapacity: 'TOTAL' }])
    expect(seen).toMatchObject([units])
    await proxy.close()
    await behind.close()
  })
})
