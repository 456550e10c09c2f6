import * as z from 'zod'
import { Findings } from '#domain/schedule/items/findings'

/** What `validate` found, as far as the scheduler needs it. */
export const Validation = z.object({
  full: z.boolean(),
  counts: z.record(z.string(), z.number()),
  report: z.string(),
  /** `instance`: let through unread; its row has it validated on its instance. */
  on: z.enum(['lambda', 'instance']).optional(),
})

/** How many characters the words of an owner's request may have. */
export const requestLengths = { id: [8, 64], who: [1, 128], why: [1, 500] } as const

const words = ([min, max]: readonly [number, number]) => z.string().min(min).max(max)

/** Everything that happens, as the scheduler reads it from the inbox. Raw AWS events are translated on arrival. */
export const Message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('landed'),
    job: z.string(),
    bucket: z.string(),
    key: z.string(),
    version: z.string(),
    sequencer: z.string(),
    bytes: z.int().nonnegative(),
    /** Found by `sweep` as the newest version of its key: no event tells its place among others, S3's own list does. */
    newest: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('deleted'), bucket: z.string(), key: z.string(), sequencer: z.string() }),
  /** From the state machine: validated and waiting, or back because EC2 refused every candidate of that turn. */
  z.object({
    kind: z.literal('parked'),
    job: z.string(),
    round: z.int(),
    token: z.string(),
    refusedTurn: z.int().nullish(),
    validation: Validation.nullish(),
  }),
  /** From the state machine: over, with the error that ended it if one did. */
  z.object({
    kind: z.literal('over'),
    job: z.string(),
    round: z.int(),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
  /** `swept`: found by the sweep, where no event told of it. */
  z.object({ kind: z.literal('result'), key: z.string(), swept: z.boolean().optional() }),
  z.object({
    kind: z.literal('instance'),
    instanceId: z.string(),
    state: z.string(),
    swept: z.boolean().optional(),
  }),
  /** EC2 will take a spot instance back, in two minutes. */
  z.object({ kind: z.literal('spot-warning'), instanceId: z.string() }),
  z.object({
    kind: z.literal('execution-ended'),
    job: z.string(),
    round: z.int(),
    status: z.enum(['FAILED', 'ABORTED', 'TIMED_OUT']),
    error: z.string().nullish(),
    cause: z.string().nullish(),
  }),
  /** `heldAfter`, `after`: where a long edit goes on, among held files or among lanes. */
  z.object({
    kind: z.literal('row-edited'),
    payerId: z.string(),
    fileType: z.string(),
    heldAfter: z.string().nullish(),
    after: z.string().nullish(),
  }),
  z.object({ kind: z.literal('pool-edited'), pool: z.string(), heldAfter: z.string().nullish() }),
  z.object({ kind: z.literal('due'), sk: z.string(), scope: z.string() }),
  /** An owner asks, with who and why; the id makes asking twice asking once. */
  z.object({
    kind: z.literal('request'),
    id: words(requestLengths.id),
    action: z.enum(['retry', 'excuse', 'waive', 'hold', 'resume', 'withdraw', 'stop']),
    job: z.string().nullish(),
    lane: z.object({ scope: z.string(), type: z.string() }).nullish(),
    who: words(requestLengths.who),
    why: words(requestLengths.why),
  }),
  z.object({ kind: z.literal('tick') }),
  /** The sums of pools and scopes are to be compared with their jobs; `after`: where it goes on among the lanes. */
  z.object({ kind: z.literal('audit'), after: z.string().nullish() }),
])
export type Message = z.infer<typeof Message>

/** The cause that `validate` throws with an unsound file: codes and positions, never contents. */
export const UnsoundCause = z.object({ report: z.string(), findings: Findings })
