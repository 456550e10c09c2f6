import type { Injected, Machine, Observed } from '#local/chaos/observed'

/** What became of one injected fault: who noticed, and how long it took; or why there was nothing to notice. */
export type Notice = { readonly fault: string; readonly by: string; readonly ms?: number }

const REFUSALS = ['insufficient-capacity', 'vcpu-limit', 'throttle']

const time = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso))

/** When it went wrong for the machine, as far as its record shows it; a dead boot goes wrong at its launch. */
const happenedAt = ({ type, at, fault }: Injected, machine: Machine | undefined): number => {
  if (type === 'death' || type === 'fail-pending') return time(machine?.endedAt) ?? at
  if (type === 'spot-interruption') return time(machine?.endedAt) ?? at
  return fault.type === 'freeze' ? at + fault.afterSeconds * 1000 : at
}

const describe = (by: string): string => {
  if (by === 'swept hung' || by === 'swept silent') return `deadline: ${by.slice('swept '.length)}`
  if (by === 'swept no-sign-of-life' || by === 'swept boot-timeout') return 'deadline: boot'
  if (by.startsWith('swept ')) return `sweep: ${by.slice('swept '.length)}`
  return `event: ${by}`
}

export const noticesOf = (observed: Observed): Notice[] => [...ofInjected(observed), ...ofHangs(observed)]

/** A processor that hangs was asked for in its file, not of the hypervisor: who noticed is all that tells of it. */
const ofHangs = ({ injected, machines, closings }: Observed): Notice[] =>
  closings.flatMap(({ instanceId, at, by }) => {
    const isFrozen = injected.some(({ type, subject }) => type === 'freeze' && subject.instanceId === instanceId)
    const began = time(machines.find(({ id }) => id === instanceId)?.armedAt)
    if (by !== 'swept hung' || isFrozen) return []
    return [{ fault: 'hang', by: describe(by), ...(began !== undefined && { ms: at - began }) }]
  })

const ofInjected = ({ injected, machines, closings }: Observed): Notice[] =>
  injected.map((one) => {
    const { type, subject } = one
    const fault = nameOf(one)
    if (REFUSALS.includes(type)) return { fault, by: "EC2's answer", ms: 0 }
    const instanceId = subject.instanceId ?? /:(i-[0-9a-f]+)\//.exec(subject.key ?? '')?.[1]
    if (type === 'lose-answer') return { fault, by: 'broken connection: asked again, same client token', ms: 0 }
    if (type === 'describe-lag' || type === 'slow-boot') return { fault, by: 'waited for, nothing to notice' }
    if (type === 'repeat-events') return { fault, by: 'applied once, by meaning' }
    if (type === 'late-events' && subject.source === 's3' && instanceId === undefined)
      return { fault, by: 'its own arrival' }
    const machine = machines.find(({ id }) => id === instanceId)
    const closing = closings.find((found) => found.instanceId === instanceId)
    if (subject.state === 'running' || subject.state === 'pending' || subject.state === 'shutting-down')
      return { fault, by: 'no decision rests on it' }
    if (subject.key?.endsWith('/progress.json')) return { fault, by: 'the next report, or a look in S3' }
    if (machine && machine.tags['job'] === undefined) return { fault, by: 'a machine that nobody owned' }
    if (closing === undefined) return { fault, by: 'the attempt had been closed by `launch`' }
    const found = closing.state !== 'lost' && !closing.by.includes('result') ? ', and a look in S3' : ''
    // A machine that left its result before it died has nothing to be noticed.
    const before = happenedAt(one, machine)
    if (closing.at < before) return { fault, by: 'nothing to notice: the result was there' }
    return { fault, by: `${describe(closing.by)}${found}`, ms: closing.at - before }
  })

const nameOf = (one: Injected): string => {
  const { type, subject, fault } = one
  if (subject.source !== undefined) return `${type} ${whose(one)}`
  return fault.type === 'insufficient-capacity' && fault.zone !== undefined
    ? `${type} of ${fault.instanceType} in ${fault.zone}`
    : type
}

const whose = ({ subject }: Injected): string => {
  if (subject.source === 'ec2') return `ec2 ${subject.state}`
  const name = subject.key?.split('/').at(-1) ?? ''
  return `s3 ${['result.json', 'progress.json'].includes(name) ? name : 'arrival'}`
}
