import { z } from 'zod'

/** What goes wrong on request. Each does so `count` times. */
export const Fault = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('insufficient-capacity'),
    /** Every type or zone, when absent. */
    instanceType: z.string().optional(),
    zone: z.string().optional(),
    count: z.int().positive().default(1),
  }),
  z.strictObject({
    type: z.literal('slow-boot'),
    seconds: z.number().positive(),
    count: z.int().positive().default(1),
  }),
  z.strictObject({ type: z.literal('lose-events'), count: z.int().positive().default(1) }),
])
export type Fault = z.infer<typeof Fault>

export interface Faults {
  add(fault: Fault): void
  clear(): void
  list(): readonly Fault[]
  /** Uses up one of the first fault of this type that applies; undefined when nothing is to go wrong. */
  take<T extends Fault['type']>(
    type: T,
    applies?: (fault: Extract<Fault, { type: T }>) => boolean,
  ): Extract<Fault, { type: T }> | undefined
}

export function createFaults(): Faults {
  let faults: Fault[] = []
  return {
    add(fault) {
      faults.push(fault)
    },
    clear() {
      faults = []
    },
    list: () => faults,
    take(type, applies = () => true) {
      const isOfType = (fault: Fault): fault is Extract<Fault, { type: typeof type }> => fault.type === type
      const found = faults.filter(isOfType).find(applies)
      if (found === undefined) return undefined
      found.count -= 1
      faults = faults.filter(({ count }) => count > 0)
      return found
    },
  }
}
