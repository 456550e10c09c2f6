import * as z from 'zod'
import { Fault } from '#local/hypervisor/fault'
import type { Faults } from '#local/hypervisor/faults'
import type { InstanceStore } from '#local/hypervisor/instance-store'
import type { Lifecycle } from '#local/hypervisor/lifecycle'

interface Context {
  readonly store: InstanceStore
  readonly lifecycle: Lifecycle
  readonly faults: Faults
}
interface Answer {
  readonly status: number
  readonly value: unknown
}

/** The emulator tells of an event of its own before it sends it. */
const S3Event = z.strictObject({ bucket: z.string(), key: z.string() })

/** What tests, `mayfly up --fault` and the emulator ask below /_hypervisor/; not EC2's. */
const routes: Readonly<Record<string, (body: Buffer, context: Context) => Answer>> = {
  'GET instances': (_body, { store, lifecycle }) => ({
    status: 200,
    value: store.all().map(({ userData: _, ...it }) => ({ ...it, pid: lifecycle.pid(it.id) ?? null })),
  }),
  'GET faults': (_body, { faults }) => ({ status: 200, value: faults.list() }),
  'DELETE faults': (_body, { faults }) => {
    faults.clear()
    return { status: 200, value: [] }
  },
  'POST faults': (body, { faults }) => {
    const asked = parsed(body)
    const wanted = z.array(Fault).safeParse(Array.isArray(asked) ? asked : [asked])
    if (!wanted.success) return { status: 400, value: { error: z.prettifyError(wanted.error) } }
    for (const fault of wanted.data) faults.add(fault)
    return { status: 200, value: faults.list() }
  },
  'GET injected': (_body, { faults }) => ({ status: 200, value: faults.injected() }),
  'POST s3-event': (body, { faults }) => {
    const event = S3Event.safeParse(parsed(body))
    if (!event.success) return { status: 400, value: { error: z.prettifyError(event.error) } }
    return { status: 200, value: { deliveriesMs: faults.deliveries({ source: 's3', key: event.data.key }) } }
  },
}

export function control(route: string, body: Buffer, context: Context): Answer {
  if (Object.hasOwn(routes, route)) return routes[route]?.(body, context) ?? { status: 500, value: {} }
  return { status: 404, value: { error: `there is no ${route}; there are ${Object.keys(routes).join(', ')}` } }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
