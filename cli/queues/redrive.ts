import * as z from 'zod'

/** A message of a dead-letter queue. `group` is that of the inbox, where it has one. */
export type Letter = {
  readonly id: string
  readonly body: string
  readonly group?: string | undefined
  /** What EventBridge notes on an event that it could not deliver; empty for others. */
  readonly target: string
  readonly receipt: string
}

export const deadLetterQueues = ['dead', 'undelivered', 'unread-edits', 'failed-runs'] as const
export type DeadLetterQueue = (typeof deadLetterQueues)[number]

type Sent = { readonly group: string; readonly body: string; readonly id: string }

/** What playing back needs of SQS and of the tables; one request each. */
export type Playback = {
  count(queue: DeadLetterQueue): Promise<number>
  /** Ten at most; they are hidden from others for a while. */
  receive(queue: DeadLetterQueue): Promise<readonly Letter[]>
  remove(queue: DeadLetterQueue, receipt: string): Promise<void>
  /** Into the inbox; the same id twice within five minutes is sent once. */
  send(message: Sent): Promise<void>
  /** Has SQS itself move all messages back to where they died. False: this endpoint cannot. */
  moveBack(queue: DeadLetterQueue): Promise<boolean>
  /** The names of all rows that people edit, as messages for the inbox without what makes them unique. */
  edits(): Promise<readonly Readonly<Record<string, string>>[]>
}

export type Redriven = {
  readonly queue: DeadLetterQueue
  readonly found: number
  readonly playedBack: number
  /** Taken off: what comes next makes up for them. */
  readonly dropped: number
  /** `sqs`: SQS moves them by itself, which may take a while. */
  readonly by: 'sqs' | 'mayfly'
}

/** Takes each letter once, those that arrive meanwhile excepted, so that what dies again at once is not played for ever. */
async function* letters(queue: DeadLetterQueue, found: number, playback: Playback): AsyncGenerator<Letter> {
  const seen = new Set<string>()
  while (seen.size < found) {
    const some = (await playback.receive(queue)).filter(({ id }) => !seen.has(id))
    if (some.length === 0) return
    for (const letter of some) {
      seen.add(letter.id)
      yield letter
    }
  }
}

const Announced = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.looseObject({}) })
const InBucket = z.object({ bucket: z.object({ name: z.string() }) })

/** Where a letter goes: a group of the inbox; nowhere, as all rows were announced; or off, as the next one says more. */
type Way = 'landed' | 'facts' | 'announced' | 'dropped'

/** As the rule of the event would have sent it; what was meant for a function is progress. */
const wayOfEvent = ({ body, target }: Letter, landingBucket: string): Way => {
  if (target.includes(':lambda:')) return 'dropped'
  const event = Announced.safeParse(JSON.parse(body)).data
  const bucket = InBucket.safeParse(event?.detail).data?.bucket.name
  return event?.source === 'aws.s3' && bucket === landingBucket ? 'landed' : 'facts'
}

const ways: Readonly<Record<DeadLetterQueue, (letter: Letter, landingBucket: string) => Way>> = {
  dead: ({ group }) => (group === 'landed' ? 'landed' : 'facts'),
  undelivered: wayOfEvent,
  'unread-edits': () => 'announced',
  'failed-runs': () => 'dropped',
}

type Options = { readonly landingBucket: string; readonly now: number }

/**
 * Plays one dead-letter queue back. Every message is applied by meaning, so one that had arrived after all changes nothing.
 * Messages that the scheduler could not acknowledge go back to the inbox; events that EventBridge could not deliver go where
 * their rule sends them; lost edits are announced anew, every row, for the queue knows only their place in the stream; ticks
 * and progress are dropped, for the next one says more.
 */
export const redrive = async (queue: DeadLetterQueue, playback: Playback, options: Options): Promise<Redriven> => {
  const found = await playback.count(queue)
  const done = { queue, found, playedBack: 0, dropped: 0, by: 'mayfly' as const }
  if (found === 0) return done
  if (queue === 'dead' && (await playback.moveBack(queue))) return { ...done, playedBack: found, by: 'sqs' }
  if (queue === 'unread-edits') await announceRows(playback, options.now)
  let [playedBack, dropped] = [0, 0]
  for await (const letter of letters(queue, found, playback)) {
    const way = ways[queue](letter, options.landingBucket)
    if (way === 'dropped') dropped += 1
    else playedBack += 1
    if (way === 'landed' || way === 'facts') await playback.send({ group: way, body: letter.body, id: letter.id })
    // Sent first: a crash in between sends it twice, which changes nothing.
    await playback.remove(queue, letter.receipt)
  }
  return { ...done, playedBack, dropped }
}

const announceRows = async ({ edits, send }: Playback, now: number): Promise<void> => {
  for (const [i, edit] of (await edits()).entries()) {
    const id = `redrive-${now}-${i}`
    await send({ group: 'facts', body: JSON.stringify({ ...edit, edit: id }), id })
  }
}
