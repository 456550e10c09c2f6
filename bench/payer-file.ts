import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { claimGuide, claims } from '#config/samples/claims-837'
import { interchangeText } from '#config/samples/envelope'
import { enrolment, sampleMembers } from '#config/samples/members-834'
import { randomFrom } from '#config/samples/random'

export const Content = z.enum(['834', '837', 'csv', 'ndjson'])
export type Content = z.infer<typeof Content>

const delimiters = { element: '*', component: ':', repetition: '^', terminator: '~', after: '\n' }
/** Measured once: bytes of a member's or a claim's segments, of a CSV record and of an NDJSON line. */
const BYTES_EACH = { '834': 258, '837': 360, csv: 72, ndjson: 106 } satisfies Record<Content, number>
/** Claims of an 837 stand in sets of at most so many, as HIPAA guides recommend. */
const CLAIMS_A_SET = 5000
const PIECE = 1024 * 1024

function* sets(content: '834' | '837', count: number): Generator<Iterable<string>> {
  const random = randomFrom(1, content)
  if (content === '834') return yield enrolment(sampleMembers('BEN', count, random), '4', random)
  for (let first = 1; first <= count; first += CLAIMS_A_SET)
    yield claims('P', sampleMembers('BEN', Math.min(CLAIMS_A_SET, count - first + 1), random, first), 'bench', random)
}

function* records(content: 'csv' | 'ndjson', count: number): Generator<string> {
  const random = randomFrom(1, content)
  if (content === 'csv') yield 'member_id,subscriber_id,relationship,last_name,first_name,birth_date,city\n'
  for (const { id, subscriberId, relationship } of sampleMembers('BEN', count, random)) {
    const [first, year] = [`TEST${random.below(100_000)}`, 1940 + random.below(80)]
    // Every eighth record has quotes, and a delimiter inside them.
    const last = random.below(8) === 0 ? '"SYNTHETIC, ""SAMPLE"""' : 'SYNTHETIC'
    if (content === 'csv') yield `${id},${subscriberId},${relationship},${last},${first},${year}-06-15,SAMPLETON\n`
    else yield `{"member":"${id}","subscriber":"${subscriberId}","first":"${first}","born":"${year}-06-15"}\n`
  }
}

/** The text of a generated payer file of about so many bytes, in pieces; the same for the same size. Nobody is real. */
export function* payerText(content: Content, bytes: number): Generator<string> {
  const count = Math.ceil(bytes / BYTES_EACH[content])
  if (content === 'csv' || content === 'ndjson') return yield* records(content, count)
  const kind =
    content === '834' ? ({ functionalId: 'BE', set: '834' } as const) : ({ functionalId: 'HC', set: '837' } as const)
  const guide = content === '834' ? '005010X220A1' : claimGuide.P
  yield* interchangeText({ delimiters, sender: 'BENCH', control: 1, guide, kind, sets: [...sets(content, count)] })
}

/** Writes such a file. */
export async function writePayerFile(path: string, content: Content, bytes: number): Promise<void> {
  const file = createWriteStream(path)
  let piece = ''
  for (const text of payerText(content, bytes)) {
    piece += text
    if (piece.length < PIECE) continue
    if (!file.write(piece, 'latin1')) await once(file, 'drain')
    piece = ''
  }
  file.end(piece, 'latin1')
  await finished(file)
}
