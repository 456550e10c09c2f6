import type { Fault } from '#local/hypervisor/fault'

/** What something is about to happen to: faults that ask for anything else pass it by. */
export interface Subject {
  readonly instanceId?: string
  readonly instanceType?: string
  readonly zone?: string
  readonly market?: 'spot' | 'on-demand'
  readonly tags?: Readonly<Record<string, string>>
  readonly action?: string
  readonly source?: 'ec2' | 's3'
  readonly key?: string
  readonly state?: string
}

/** A fault that has happened: when, and to what. */
export interface Injected {
  readonly at: number
  readonly type: Fault['type']
  /** As it was asked for. */
  readonly fault: Fault
  readonly subject: Subject
}

export interface Faults {
  add(fault: Fault): void
  clear(): void
  list(): readonly Fault[]
  injected(): readonly Injected[]
  /** Uses up one of the first fault of this type that applies; undefined when nothing is to go wrong. */
  take<T extends Fault['type']>(type: T, subject: Subject): Extract<Fault, { type: T }> | undefined
  /** When the deliveries of an event happen, milliseconds from now: none when it is lost, two when it comes twice. */
  deliveries(subject: Subject): number[]
}

/** A second delivery comes so much later, milliseconds: after the first was read, usually. */
const REPEATED_AFTER_MS = 1500

export function createFaults(): Faults {
  let faults: Fault[] = []
  const injected: Injected[] = []

  const take: Faults['take'] = (type, subject) => {
    const isOfType = (fault: Fault): fault is Extract<Fault, { type: typeof type }> => fault.type === type
    const found = faults.filter(isOfType).find((fault) => applies(fault, subject))
    if (found === undefined) return undefined
    injected.push({ at: Date.now(), type, fault: { ...found }, subject })
    if (found.count !== 'always') {
      found.count -= 1
      if (found.count === 0) faults = faults.filter((fault) => fault !== found)
    }
    return found
  }
  return {
    add(fault) {
      faults.push(fault)
    },
    clear() {
      faults = []
    },
    list: () => faults,
    injected: () => injected,
    take,
    deliveries(subject) {
      if (take('lose-events', subject)) return []
      const late = (take('late-events', subject)?.seconds ?? 0) * 1000
      return take('repeat-events', subject) ? [late, late + REPEATED_AFTER_MS] : [late]
    },
  }
}

type Selectors = {
  readonly [K in 'instanceType' | 'zone' | 'market' | 'action' | 'source' | 'state']?: string | undefined
} & { readonly key?: string | undefined; readonly tags?: Readonly<Record<string, string>> | undefined }

function applies(fault: Selectors, subject: Subject): boolean {
  const equal = (['instanceType', 'zone', 'market', 'action', 'source', 'state'] as const).every(
    (name) => fault[name] === undefined || fault[name] === subject[name],
  )
  const inKey = fault.key === undefined || (subject.key ?? '').includes(fault.key)
  const tagged = Object.entries(fault.tags ?? {}).every(([name, value]) => subject.tags?.[name] === value)
  return equal && inKey && tagged
}
