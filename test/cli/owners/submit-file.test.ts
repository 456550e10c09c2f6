import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { partSize, submitFile } from '#cli/owners/submit-file'
import { uploadProgress } from '#cli/owners/upload-progress'

const MIB = 1024 ** 2
const folder = mkdtempSync(join(tmpdir(), 'mayfly-submit-'))
afterAll(() => rmSync(folder, { recursive: true }))
const aFile = (bytes: number) => {
  const name = join(folder, `${bytes}`)
  const content = randomBytes(bytes)
  writeFileSync(name, content)
  return { source: { name, bytes }, content }
}

let server: Server | undefined
afterEach(() => void server?.close().closeAllConnections())

/** As much of S3 as an upload asks for; the first attempt at each of `failing` is cut off or refused. */
const aBucket = async (failing: readonly string[] = [], refusal = 500) => {
  const asked: string[] = []
  const parts = new Map<string, Buffer>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://s3')
    const what = `${request.method} ${url.searchParams.get('partNumber') ?? (url.searchParams.has('uploads') ? 'begin' : url.searchParams.has('uploadId') ? 'end' : 'whole')}`
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    asked.push(what)
    if (failing.includes(what) && asked.filter((each) => each === what).length === 1) {
      if (refusal === 0) return void response.destroy()
      return void response.writeHead(refusal, { 'x-amz-request-id': '1' }).end()
    }
    if (request.method === 'PUT') parts.set(what.slice(4), Buffer.concat(pieces))
    const xml =
      what === 'POST begin' ? '<R><UploadId>u1</UploadId></R>' : what === 'POST end' ? '<R><ETag>"x"</ETag></R>' : ''
    response.writeHead(200, { etag: '"x"', 'x-amz-version-id': 'v1', 'x-amz-request-id': '1' }).end(xml)
  }
  server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => void server?.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const s3 = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true, credentials },
    requestChecksumCalculation: 'WHEN_REQUIRED', // so that a body arrives as it is
  })
  return { asked, parts, stack: { s3, names: { LandingBucket: 'landing' }, asked: { endpoint } } }
}
const contentOf = (parts: ReadonlyMap<string, Buffer>) =>
  Buffer.concat([...parts].sort(([a], [b]) => Number(a) - Number(b)).map(([, bytes]) => bytes))

describe('a file', () => {
  it.each([
    { given: 'nothing in it', bytes: 0, failing: [], asked: ['PUT whole'] },
    { given: 'little in it', bytes: 1000, failing: [], asked: ['PUT whole'] },
    {
      given: 'little in it, and a lost attempt',
      bytes: 1000,
      failing: ['PUT whole'],
      asked: ['PUT whole', 'PUT whole'],
    },
    {
      given: 'three parts',
      bytes: 40 * MIB,
      failing: [],
      asked: ['POST begin', 'PUT 1', 'PUT 2', 'PUT 3', 'POST end'],
    },
    {
      given: 'three parts, of which one is lost at first',
      bytes: 40 * MIB,
      failing: ['PUT 2'],
      asked: ['POST begin', 'PUT 1', 'PUT 2', 'PUT 2', 'PUT 3', 'POST end'],
    },
  ])('with $given arrives whole', async ({ bytes, failing, asked }) => {
    const { source, content } = aFile(bytes)
    for (const refusal of [500, 0]) {
      const bucket = await aBucket(failing, refusal)
      const heard: number[] = []
      const landed = await submitFile(bucket.stack, source, 'acme/claims/a', (sent) => void heard.push(sent))
      expect(landed).toEqual({ bucket: 'landing', key: 'acme/claims/a', version: 'v1', bytes })
      expect(contentOf(bucket.parts).equals(content)).toBe(true)
      expect(bucket.asked.toSorted()).toEqual(asked.toSorted())
      expect(heard.at(-1)).toBe(bytes)
      server?.close().closeAllConnections()
    }
  })

  it.each([
    {
      status: 404,
      says: 'could not be put to s3://landing/acme/claims/a: there is no bucket other, or no object x in it',
    },
    { status: 403, says: 'these credentials may not read s3://other/x; they need s3:GetObject on it' },
  ])('in another bucket, $status', async ({ status, says }) => {
    const { stack } = await aBucket(['HEAD whole'], status)
    const source = { name: 's3://other/x', object: { Bucket: 'other', Key: 'x' } }
    await expect(submitFile(stack, source, 'acme/claims/a')).rejects.toThrow(says)
  })
})

it.each([
  { bytes: 0, part: 16 * MIB },
  { bytes: 6 * 1024 * MIB, part: 16 * MIB },
  { bytes: 5 * 1024 * 1024 * MIB, part: 549_755_814 }, // S3's largest file, 5 TiB, in 10,000 parts
])('a file of $bytes goes in parts of $part', ({ bytes, part }) => expect(partSize(bytes)).toBe(part))

it.each([
  { sent: 48e6, bytes: 120e6, millis: 6000, line: '48.0 of 120.0 MB, 40 %, 8.0 MB/s' },
  { sent: 0, bytes: 120e6, millis: 0, line: '0.0 of 120.0 MB, 0 %, 0.0 MB/s' },
  { sent: 0, bytes: 0, millis: 5, line: '0.0 of 0.0 MB, 100 %, 0.0 MB/s' },
])('$line', ({ line, ...sent }) => expect(uploadProgress(sent)).toBe(line))
