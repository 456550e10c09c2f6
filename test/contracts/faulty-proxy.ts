import type { IncomingMessage } from 'node:http'
import { forward } from '#local/hypervisor/forward'
import { listenOnLoopback } from '#local/hypervisor/loopback-server'
import { errorXml } from '#local/hypervisor/xml'

/** A refusal in EC2's own words, or (`started`) a request that is carried out and whose answer never comes. */
export type ProxyFault = { error: string; started?: boolean }

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Stands before an EC2 endpoint and spoils the next request when asked to. */
export const faultyProxy = async (target: string) => {
  const faults: ProxyFault[] = []
  const server = await listenOnLoopback(async (request, response) => {
    const body = await bodyOf(request)
    const fault = faults.shift()
    if (!fault) return forward(request, body, response, target)
    if (fault.started) {
      const type = request.headers['content-type'] ?? ''
      await fetch(target, { method: 'POST', body: body.toString(), headers: { 'content-type': type } })
      return response.destroy()
    }
    response.writeHead(400, { 'content-type': 'text/xml;charset=UTF-8' }).end(errorXml(fault.error, 'refused', 'r-1'))
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    spoilNext: (fault: ProxyFault) => void faults.push(fault),
    close: server.close,
  }
}
