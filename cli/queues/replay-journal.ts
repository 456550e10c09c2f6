import type * as z from 'zod'
import type { Found } from '#cli/queues/read-journal'
import { replay } from '#functions/schedule/replay'
import { Transcript } from '#functions/schedule/transcript'

export type Difference = {
  readonly where: string
  readonly seq?: number
  readonly at?: string
  readonly messages?: string[]
  readonly difference: string
}
export type ReplayReport = {
  readonly decisions: number
  readonly different: readonly Difference[]
  /** First and last number of each stretch of decisions that the journal lacks: nothing can be said of these. */
  readonly missing: readonly (readonly [number, number])[]
}

/** Decides everything again, and says what came out otherwise. */
export const replayJournal = async (
  found: AsyncIterable<Found>,
  { from = 0, to = Number.POSITIVE_INFINITY } = {},
): Promise<ReplayReport> => {
  const different: Difference[] = []
  const missing: [number, number][] = []
  let decisions = 0
  let last: number | undefined
  for await (const { where, record } of found) {
    const read = Transcript.safeParse(record)
    if (!read.success) {
      decisions += 1
      different.push({ where, difference: `it is no transcript of this version: ${shortly(read.error)}` })
      continue
    }
    const { seq, now, messages, decision } = read.data
    if (seq < from || seq > to) continue
    decisions += 1
    const raised = decision.writes.length > 0 || decision.calls.length > 0
    if (last !== undefined && seq > last + 1) missing.push([last + 1, seq - 1])
    // What changed nothing has the number that the next one will raise.
    last = raised ? seq : Math.max(last ?? 0, seq - 1)
    const replayed = replay(read.data)
    if (!replayed.same)
      different.push({
        ...{ where, seq, at: new Date(now).toISOString() },
        ...{ messages: messages.map(({ kind }) => kind), difference: replayed.difference },
      })
  }
  return { decisions, different, missing }
}

/** One line: the first thing that is wrong, and how many more there are. */
const shortly = ({ issues: [first, ...more] }: z.ZodError): string =>
  `${first?.path.join('.') ?? ''}: ${first?.message}${more.length > 0 ? `, and ${more.length} more` : ''}`
