import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { firstPatience, patience } from '#cli/aws/patience'
import { toldOf } from '#cli/aws/why-aws-failed'

/** Takes everything; answers `/slow/…` piece by piece, and everything else never. */
const server = createServer(async (request, answer) => {
  if (!request.url?.startsWith('/slow/')) return
  for await (const _piece of request);
  answer.writeHead(200, { 'content-length': '5', etag: 'x' })
  for (const piece of 'hello') {
    await new Promise((resolve) => setTimeout(resolve, 200))
    answer.write(piece)
  }
  answer.end()
})
let endpoint = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close().closeAllConnections())

const waiting = (requestHandler: object) =>
  new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true, maxAttempts: 2, requestHandler },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })

it.each([
  { kept: 'socketTimeout', handler: { ...patience, socketTimeout: 300 } },
  { kept: 'requestTimeout', handler: { ...firstPatience, requestTimeout: 300 } },
])('who is silent is told with its address and the seconds of $kept', async ({ handler }) => {
  const asked = waiting(handler).send(new PutObjectCommand({ Bucket: 'silent', Key: 'x', Body: 'x' }))
  const error = await asked.catch((thrown) => toldOf(thrown, { endpoint }))
  expect(error).toMatchObject({
    name: 'AwsUnreachable',
    message: expect.stringContaining(`${endpoint}: it did not answer within 0.3 s, asked 2 times`),
  })
})

it('what comes slowly, but comes, is waited for', async () => {
  const { Body } = await waiting({ ...patience, socketTimeout: 500 }).send(
    new GetObjectCommand({ Bucket: 'slow', Key: 'x' }),
  )
  expect(await Body?.transformToString()).toBe('hello')
})
