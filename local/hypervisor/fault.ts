import * as z from 'zod'

const Seconds = z.number().nonnegative()

/** How often it happens; `always` until it is cleared. */
const count = z.union([z.int().positive(), z.literal('always')]).default(1)

/** Which launches a fault is for; what is absent is any. */
const launches = {
  count,
  instanceType: z.string().optional(),
  zone: z.string().optional(),
  market: z.enum(['spot', 'on-demand']).optional(),
  /** Tags that the launch must carry, such as `job` and `attempt`. */
  tags: z.record(z.string(), z.string()).optional(),
}

/** Which events a fault is for; what is absent is any. */
const events = {
  count,
  source: z.enum(['ec2', 's3']).optional(),
  /** Text that the object's key must contain. */
  key: z.string().optional(),
  /** The state that EC2 announces, or `interruption`. */
  state: z.string().optional(),
  /** Tags of the instance that EC2 speaks of. */
  tags: z.record(z.string(), z.string()).optional(),
}

/** What goes wrong on request. */
export const Fault = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('insufficient-capacity'), ...launches }),
  z.strictObject({ type: z.literal('vcpu-limit'), ...launches }),
  z.strictObject({ type: z.literal('throttle'), count, action: z.string().default('RunInstances') }),
  /** The machine starts; who asked for it never hears so. */
  z.strictObject({ type: z.literal('lose-answer'), ...launches }),
  z.strictObject({ type: z.literal('slow-boot'), seconds: Seconds, ...launches }),
  /** Running as far as EC2 knows; its user data never runs. */
  z.strictObject({ type: z.literal('dead-boot'), ...launches }),
  /** Terminated by EC2 before it runs: StateReason `Server.InsufficientInstanceCapacity`. */
  z.strictObject({ type: z.literal('fail-pending'), ...launches }),
  /** All its processes are gone at once, so many seconds after it runs. */
  z.strictObject({ type: z.literal('death'), afterSeconds: Seconds.default(0), ...launches }),
  /** Its processes stop and stay: alive as far as EC2 knows, and silent. */
  z.strictObject({ type: z.literal('freeze'), afterSeconds: Seconds.default(0), ...launches }),
  /** The warning, and after the notice the end. On AWS: spot machines only, and 120 seconds. */
  z.strictObject({
    type: z.literal('spot-interruption'),
    afterSeconds: Seconds.default(0),
    noticeSeconds: Seconds.default(120),
    ...launches,
  }),
  /** EC2 does not know the new instance for so long, as when reads lag behind. */
  z.strictObject({ type: z.literal('describe-lag'), seconds: Seconds, ...launches }),
  z.strictObject({ type: z.literal('lose-events'), ...events }),
  z.strictObject({ type: z.literal('late-events'), seconds: Seconds, ...events }),
  z.strictObject({ type: z.literal('repeat-events'), ...events }),
])
export type Fault = z.infer<typeof Fault>
