import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answeredWithin } from '#functions/answered-within'

/** How the n-th request for a path is answered: by nothing at all, or by pieces 200 ms apart, of which some never come. */
const pieces = { dead: [0], 'dead-once': [0, 5], slow: [5], stuck: [3] }
const counts = new Map<string, number>()
const server = createServer(async (request, answer) => {
  const [, path = ''] = /^\/([^/]+)\//.exec(request.url ?? '') ?? []
  const asked = counts.get(path) ?? 0
  counts.set(path, asked + 1)
  const all = new Map(Object.entries(pieces)).get(path) ?? []
  const comes = all[Math.min(asked, all.length - 1)] ?? 0
  if (comes === 0) return
  answer.writeHead(200, { 'content-length': '5' })
  for (const piece of 'hello'.slice(0, comes)) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    answer.write(piece)
  }
})
let s3: S3Client
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  s3 = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials, ...answeredWithin(0.5) })
})
afterAll(() => {
  s3.destroy()
  server.close().closeAllConnections()
})

const read = async (Bucket: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'x' }))
  return Body?.transformToString()
}

it.each([
  { given: 'an endpoint that never answers', bucket: 'dead', fails: 'TimeoutError', asked: 3 },
  { given: 'an answer that stops', bucket: 'stuck', fails: 'TimeoutError', asked: 1 },
])('$given is given up: $fails', async ({ bucket, fails, asked }) => {
  await expect(read(bucket)).rejects.toMatchObject({ name: fails })
  expect(counts.get(bucket)).toBe(asked)
})

it.each([
  { given: 'one dead connection costs one attempt', bucket: 'dead-once' },
  { given: 'an answer that takes longer in all is read to its end', bucket: 'slow' },
])('$given', async ({ bucket }) => expect(await read(bucket)).toBe('hello'))
