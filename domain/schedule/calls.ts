import * as z from 'zod'

/** A decision to be carried out: written in the deciding transaction, deleted when done. Each is idempotent. */
export const Call = z.discriminatedUnion('call', [
  z.object({ call: z.literal('start-execution'), job: z.string(), round: z.int(), name: z.string() }),
  /** Carries its tokens and turn as of its transaction: tokens that come later get an answer of their own. */
  z.object({
    call: z.literal('answer-turn'),
    job: z.string(),
    tokens: z.array(z.string()),
    turn: z.int(),
    timeoutSeconds: z.int(),
  }),
  z.object({ call: z.literal('fail-tokens'), tokens: z.array(z.string()), error: z.string(), cause: z.string() }),
  /** Reads the closed attempt's tokens when carried out. `error` absent: it succeeded, and its job is announced. */
  z.object({
    call: z.literal('answer-attempt'),
    job: z.string(),
    round: z.int(),
    attempt: z.int(),
    error: z.string().optional(),
    cause: z.string().optional(),
  }),
  /** `consoleTo`: a key of the results bucket where what the instance wrote on its console is kept first. */
  z.object({ call: z.literal('terminate'), instanceId: z.string(), consoleTo: z.string().optional() }),
  /** What the editor of a row should see on it: the only attribute that we write in the tables for people. */
  z.object({ call: z.literal('row-status'), payerId: z.string(), fileType: z.string(), status: z.string() }),
  z.object({ call: z.literal('pool-status'), pool: z.string(), status: z.string() }),
  /** A message to ourselves: the rest of a long edit. */
  z.object({ call: z.literal('send'), body: z.string() }),
])
export type Call = z.infer<typeof Call>

export const CallItem = z.object({ at: z.int(), tries: z.int().default(0), what: Call })
export type CallItem = z.infer<typeof CallItem>
