import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoopbackServer, listenOnLoopback } from '#local/hypervisor/loopback-server'

let server: LoopbackServer
beforeAll(async () => {
  server = await listenOnLoopback((request, response) => {
    response.writeHead(request.url === '/no' ? 404 : 200)
    response.end(`${request.method} ${request.url} ${request.headers['x-token'] ?? '-'}`)
  })
})
afterAll(() => server.close())

describe('the stand-in for curl', () => {
  it.each([
    { words: ['-sf', '--max-time', '5', '--retry', '5', '--retry-connrefused'], path: '/a', said: 'GET /a -', code: 0 },
    { words: ['-sf', '-X', 'PUT', '-H', 'X-Token: a:b'], path: '/t', said: 'PUT /t a:b', code: 0 },
    { words: ['-sf'], path: '/no', said: '', code: 22 },
  ])('answers $words $path with exit code $code', async ({ words, path, said, code }) => {
    const url = `http://127.0.0.1:${server.port}${path}`
    const run = promisify(execFile)(process.execPath, ['local/hypervisor/curl.mjs', ...words, url])
    const ended = await run.then(
      (it) => ({ said: it.stdout, code: 0 }),
      (error) => ({ said: error.stdout, code: error.code }),
    )
    expect(ended).toEqual({ said, code })
  })
})
