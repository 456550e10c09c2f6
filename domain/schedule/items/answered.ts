import * as z from 'zod'
import { Millis } from '#domain/schedule/items/millis'

/** The answer to a request, kept so that asking twice is asking once. */
export const Answered = z.object({
  done: z.boolean(),
  because: z.string(),
  /** What was asked, so that an id used for something else is seen. */
  asked: z
    .object({
      action: z.string(),
      job: z.string().nullish(),
      lane: z.object({ scope: z.string(), type: z.string() }).nullish(),
    })
    .optional(),
  at: Millis,
  /** DynamoDB TTL, epoch seconds. */
  expiresAt: z.int(),
})
export type Answered = z.infer<typeof Answered>
