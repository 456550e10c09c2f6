import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Answer, Question } from '#domain/schedule/books'
import type { Decision } from '#domain/schedule/decide'
import { Message } from '#domain/schedule/messages'

/** A question that a decision asked, and what it was told. */
export type Heard = { question: Question; answer: Answer }

const Keyed = z.object({ key: z.object({ pk: z.string(), sk: z.string() }) })

/** Everything that one decision rested on and what it came to: enough to decide again. Task tokens are masked. */
export const Transcript = z.object({
  seq: z.int().nonnegative(),
  now: z.int().nonnegative(),
  messages: z.array(Message),
  heard: z.array(z.object({ question: z.unknown(), answer: z.unknown().optional() })),
  decision: z.object({
    writes: z.array(Keyed.extend({ value: z.unknown().optional() })),
    fences: z.array(Keyed.extend({ rev: z.int().optional() })),
    calls: z.array(Keyed.extend({ what: z.unknown() })),
    quarantined: z.array(z.object({ message: z.unknown(), reason: z.string() })),
  }),
  /** Of the decision: sha256 of its canonical JSON. */
  digest: z.string(),
})
export type Transcript = z.infer<typeof Transcript>
export type Recorded = Transcript['decision']

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A task token lets anybody end a task, so a log holds its hash; the same token always has the same one, so decisions stay the same. */
const maskToken = (token: unknown): string => `token:${sha256(String(token)).slice(0, 16)}`
const masked = (token: unknown): unknown =>
  typeof token !== 'string' || token.startsWith('token:') ? token : maskToken(token)

/** Plain JSON with tokens masked, wherever a field is called `token` or `tokens`. */
export const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, part: unknown) =>
      name === 'token' ? masked(part) : name === 'tokens' && Array.isArray(part) ? part.map(masked) : part,
    ),
  )

/** JSON with the fields of every object in order of their names, so that equal values are equal text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? 'undefined'

const byKey = (a: z.infer<typeof Keyed>, b: z.infer<typeof Keyed>): number =>
  `${a.key.pk}\n${a.key.sk}` < `${b.key.pk}\n${b.key.sk}` ? -1 : 1

/** A decision as it is recorded and compared. A transaction knows no order among its items; calls keep theirs. */
export const recordedOf = ({ writes, fences, calls, quarantined }: Decision): Recorded =>
  Transcript.shape.decision.parse(
    plain({ writes: writes.toSorted(byKey), fences: fences.toSorted(byKey), calls, quarantined }),
  )

export const digestOf = (decision: Recorded): string => sha256(canonical(decision))

export const transcriptOf = (
  decision: Decision,
  { now, messages, heard }: { now: number; messages: readonly Message[]; heard: readonly Heard[] },
): Transcript => {
  const recorded = recordedOf(decision)
  const facts = plain({ seq: decision.seq, now, messages, heard })
  return Transcript.parse({ ...Object(facts), decision: recorded, digest: digestOf(recorded) })
}
