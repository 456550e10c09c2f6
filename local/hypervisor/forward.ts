import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'

/** Hands a request on to the emulator as it came, and its answer back. */
export function forward(request: IncomingMessage, body: Buffer, response: ServerResponse, emulatorUrl: string): void {
  const target = new URL(request.url ?? '/', emulatorUrl)
  const { 'transfer-encoding': _chunked, ...headers } = request.headers
  const outgoing = send(
    target,
    { method: request.method, headers: { ...headers, host: target.host, 'content-length': String(body.length) } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  outgoing.on('error', (error) => {
    if (response.headersSent) response.destroy(error)
    else response.writeHead(502).end(`the emulator at ${target.origin} did not answer: ${error.message}`)
  })
  outgoing.end(body)
}
