import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { stackOutputs } from '#cli/aws/stack-outputs'

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})
const serving = async (status: number, body: string): Promise<string> => {
  const server = createServer((_request, answer) => void answer.writeHead(status).end(body))
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

describe('an endpoint that is another web server', () => {
  it.each([
    { status: 200, body: '<html><body>hello</body></html>' },
    { status: 200, body: '<html><head><meta></head><p>hello</html>' },
    { status: 200, body: '{"hello":1}' },
    { status: 302, body: '' },
    { status: 404, body: '<html><body>Not found</body></html>' },
    { status: 405, body: 'Method not allowed' },
  ])('$status $body is told as that', async ({ status, body }) => {
    const endpoint = await serving(status, body)
    await expect(stackOutputs({ endpoint, region: 'us-east-1', credentials })).rejects.toThrow(
      `at ${endpoint}: it answers HTTP ${status}, but not in AWS's protocol`,
    )
  })
})
