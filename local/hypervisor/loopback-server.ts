import { createServer, type RequestListener } from 'node:http'

export interface LoopbackServer {
  readonly port: number
  close(): Promise<void>
}

/** An HTTP server that only this machine reaches; port 0 takes a free one. */
export async function listenOnLoopback(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`no port in the address ${String(address)}`)
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
