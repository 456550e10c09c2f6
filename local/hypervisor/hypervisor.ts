import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { EC2Client } from '@aws-sdk/client-ec2'
import { callFor } from '#local/hypervisor/ec2-calls'
import { Ec2Error } from '#local/hypervisor/ec2-error'
import { createEventSender, credentials } from '#local/hypervisor/event-sender'
import { createFaults, Fault } from '#local/hypervisor/faults'
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
  const isLost = () => faults.take('lose-events') !== undefined
  const events = createEventSender({ emulatorUrl, region, isLost, log })

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
    if (pathname.startsWith('/_hypervisor/')) return control(request.method ?? '', pathname, body, response)
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    const query = isForm ? new URLSearchParams(body.toString()) : searchParams
    const call = callFor(query)
    if (call === undefined) return forward(request, body, response, emulatorUrl)
    await recovered
    const requestId = randomUUID()
    try {
      const xml = answerXml(query.get('Action') ?? '', requestId, await call(query, context))
      response.writeHead(200, { 'content-type': 'text/xml;charset=UTF-8' }).end(xml)
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error
      log(`${query.get('Action')} refused: ${error.code}: ${error.message}`)
      response
        .writeHead(error.status, { 'content-type': 'text/xml;charset=UTF-8' })
        .end(errorXml(error.code, error.message, requestId))
    }
  }

  /** For tests and faults; not EC2's. */
  function control(method: string, path: string, body: Buffer, response: ServerResponse): void {
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    const route = `${method} ${path.slice('/_hypervisor/'.length)}`
    if (route === 'GET instances') {
      const shown = store.all().map(({ userData: _, ...it }) => ({ ...it, pid: lifecycle.pid(it.id) ?? null }))
      json(shown)
    } else if (route === 'GET faults') {
      json(faults.list())
    } else if (route === 'DELETE faults') {
      faults.clear()
      json([])
    } else if (route === 'POST faults') {
      const fault = Fault.safeParse(parsed(body))
      if (fault.success) faults.add(fault.data)
      json(fault.success ? faults.list() : { error: fault.error.message }, fault.success ? 200 : 400)
    } else {
      json({ error: `there is no ${route}; GET instances, GET, POST or DELETE faults` }, 404)
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

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
