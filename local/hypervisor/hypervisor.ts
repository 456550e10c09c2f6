import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { EC2Client } from '@aws-sdk/client-ec2'
import { control } from '#local/hypervisor/control'
import { callFor } from '#local/hypervisor/ec2-calls'
import { AnswerLost, Ec2Error } from '#local/hypervisor/ec2-error'
import { createEventSender, credentials } from '#local/hypervisor/event-sender'
import { createFaults } from '#local/hypervisor/faults'
import { forward } from '#local/hypervisor/forward'
import { openInstanceStore } from '#local/hypervisor/instance-store'
import { createLifecycle } from '#local/hypervisor/lifecycle'
import { listenOnLoopback } from '#local/hypervisor/loopback-server'
import { answerXml, errorXml } from '#local/hypervisor/xml'

export interface HypervisorOptions {
  readonly emulatorUrl: string
  readonly stateDir: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** The `aws` executable that instances call. */
  readonly awsCli: string
  readonly region?: string
  /** How long an instance is pending, in milliseconds. */
  readonly bootDelayMs?: number
  readonly log?: (line: string) => void
}

export interface Hypervisor {
  readonly url: string
  /** Ends all instances, then the server. */
  close(): Promise<void>
}

/**
 * Our local EC2: a proxy before the emulator's endpoint that owns the calls about instances and really boots them, as
 * process trees of this machine. Linux only: it finds them through /proc.
 */
export async function startHypervisor(options: HypervisorOptions): Promise<Hypervisor> {
  if (process.platform !== 'linux') {
    throw new Error(
      `The local EC2 finds its machines through /proc, which ${process.platform} has not; Linux is needed`,
    )
  }
  const { emulatorUrl, awsCli, region = 'us-east-1', bootDelayMs = 300, log = () => {} } = options
  const stateDir = resolve(options.stateDir)
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const store = openInstanceStore(join(stateDir, 'instances'))
  const faults = createFaults()
  const emulator = new EC2Client({ endpoint: emulatorUrl, region, credentials })
  const events = createEventSender({ emulatorUrl, region, faults, log })

  const server = await listenOnLoopback((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log(`${request.method} ${request.url} failed: ${String(error)}`)
      if (!response.headersSent) response.writeHead(500)
      response.end(errorXml('InternalError', String(error), randomUUID()))
    })
  }, options.port)
  const url = `http://127.0.0.1:${server.port}`
  const lifecycle = createLifecycle(store, events, { stateDir, emulatorUrl, ec2Url: url, region, awsCli, log })
  const context = { store, lifecycle, faults, emulator, region, bootDelayMs, stateDir }
  const recovered = lifecycle.recover()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    if (pathname.startsWith('/_hypervisor/')) {
      const said = control(`${request.method} ${pathname.slice('/_hypervisor/'.length)}`, body, context)
      return void response
        .writeHead(said.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(said.value))
    }
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    const query = isForm ? new URLSearchParams(body.toString()) : searchParams
    const call = callFor(query)
    if (call === undefined) return forward(request, body, response, emulatorUrl)
    await recovered
    const requestId = randomUUID()
    const action = query.get('Action') ?? ''
    try {
      if (faults.take('throttle', { action }))
        throw new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503)
      const xml = answerXml(action, requestId, await call(query, context))
      response.writeHead(200, { 'content-type': 'text/xml;charset=UTF-8' }).end(xml)
    } catch (error) {
      if (error instanceof AnswerLost) return void request.socket.destroy()
      if (!(error instanceof Ec2Error)) throw error
      log(`${action} refused: ${error.code}: ${error.message}`)
      response
        .writeHead(error.status, { 'content-type': 'text/xml;charset=UTF-8' })
        .end(errorXml(error.code, error.message, requestId))
    }
  }

  return {
    url,
    async close() {
      await recovered
      await lifecycle.close()
      await server.close()
      emulator.destroy()
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
