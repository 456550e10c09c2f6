import { createServer } from 'node:net'

/** A TCP port on loopback that was free a moment ago. The kernel hands them out in turn, so two callers differ. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error(`A listening socket has no port: ${String(address)}`)),
      )
    })
  })
