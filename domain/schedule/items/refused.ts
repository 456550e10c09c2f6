import * as z from 'zod'
import { Candidate } from '#domain/schedule/items/candidate'
import { Millis } from '#domain/schedule/items/millis'

/** A candidate that EC2 did not start, and until when that is believed, so that a burst does not ask hundreds of times. */
export const Refused = Candidate.pick({ instanceType: true, market: true, subnet: true }).extend({
  /** EC2's error code, or StateReason code. */
  code: z.string(),
  until: Millis,
  /** DynamoDB TTL, epoch seconds. */
  expiresAt: z.int(),
})
export type Refused = z.infer<typeof Refused>
