import { describe, expect, it } from 'vitest'
import { type DeadLetterQueue, type Letter, type Playback, redrive } from '#cli/queues/redrive'

const aLetter = (given: Partial<Letter> & { id: string }): Letter => ({
  body: '{}',
  target: '',
  receipt: given.id,
  ...given,
})

/** A queue in memory: what is received and not removed comes again. */
const playbackWith = (letters: Letter[], more: Partial<Playback> = {}) => {
  const sent: { group: string; body: string; id: string }[] = []
  const left = [...letters]
  const playback: Playback = {
    count: async () => left.length,
    receive: async () => left.slice(0, 2),
    remove: async (_queue, receipt) =>
      void left.splice(
        left.findIndex((letter) => letter.receipt === receipt),
        1,
      ),
    send: async (message) => void sent.push(message),
    moveBack: async () => false,
    edits: async () => [],
    ...more,
  }
  return { playback, sent, left }
}

const options = { landingBucket: 'landing', now: 7 }
const event = (source: string, bucket: string) =>
  JSON.stringify({
    source,
    'detail-type': 'Object Created',
    detail: { bucket: { name: bucket }, object: { key: 'k' } },
  })

describe('redrive', () => {
  it('leaves the messages of the inbox to SQS where SQS can', async () => {
    const { playback, sent } = playbackWith([aLetter({ id: 'a' })], { moveBack: async () => true })
    expect(await redrive('dead', playback, options)).toEqual({
      ...{ queue: 'dead', found: 1, playedBack: 1, dropped: 0, by: 'sqs' },
    })
    expect(sent).toEqual([])
  })

  it('else moves them itself, in order, to the group that each had, under the id that makes twice once', async () => {
    const given = [
      aLetter({ id: 'a', group: 'landed', body: '1' }),
      aLetter({ id: 'b', group: 'facts', body: '2' }),
      aLetter({ id: 'c', group: 'landed', body: '3' }),
    ]
    const { playback, sent, left } = playbackWith(given)
    expect(await redrive('dead', playback, options)).toMatchObject({ found: 3, playedBack: 3, by: 'mayfly' })
    expect(sent).toEqual([
      { group: 'landed', body: '1', id: 'a' },
      { group: 'facts', body: '2', id: 'b' },
      { group: 'landed', body: '3', id: 'c' },
    ])
    expect(left).toEqual([])
  })

  it('does not chase what dies again at once', async () => {
    let n = 0
    const { playback, sent } = playbackWith([aLetter({ id: 'first' })])
    const endless = { ...playback, count: async () => 1, receive: async () => [aLetter({ id: `again-${n++}` })] }
    expect(await redrive('dead', endless, options)).toMatchObject({ playedBack: 1 })
    expect(sent).toHaveLength(1)
  })

  it('keeps what could not be sent', async () => {
    const refuse = async () => Promise.reject(new Error('no'))
    const { playback, left } = playbackWith([aLetter({ id: 'a', group: 'facts' })], { send: refuse })
    await expect(redrive('dead', playback, options)).rejects.toThrow('no')
    expect(left).toHaveLength(1)
  })

  it.each([
    { what: 'a file that landed', body: event('aws.s3', 'landing'), group: 'landed' },
    { what: 'a result', body: event('aws.s3', 'results'), group: 'facts' },
    { what: 'news of an instance', body: event('aws.ec2', 'landing'), group: 'facts' },
  ])('sends $what where its rule would have sent it', async ({ body, group }) => {
    const { playback, sent } = playbackWith([aLetter({ id: 'a', body, target: 'arn:aws:sqs:us-east-1:1:inbox.fifo' })])
    await redrive('undelivered', playback, options)
    expect(sent).toEqual([{ group, body, id: 'a' }])
  })

  it.each<{ queue: DeadLetterQueue; target: string }>([
    { queue: 'undelivered', target: 'arn:aws:lambda:us-east-1:1:function:progress' },
    { queue: 'failed-runs', target: '' },
  ])('drops progress and ticks ($queue)', async ({ queue, target }) => {
    const { playback, sent, left } = playbackWith([aLetter({ id: 'a', body: event('aws.s3', 'results'), target })])
    expect(await redrive(queue, playback, options)).toMatchObject({ playedBack: 0, dropped: 1 })
    expect([sent, left]).toEqual([[], []])
  })

  it('announces every row for edits that were lost', async () => {
    const edits = async (): Promise<Record<string, string>[]> => [
      { kind: 'row-edited', payerId: 'acme', fileType: '*' },
      { kind: 'pool-edited', pool: 'default' },
    ]
    const { playback, sent, left } = playbackWith([aLetter({ id: 'a' })], { edits })
    expect(await redrive('unread-edits', playback, options)).toMatchObject({ playedBack: 1, dropped: 0 })
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
      { kind: 'row-edited', payerId: 'acme', fileType: '*', edit: 'redrive-7-0' },
      { kind: 'pool-edited', pool: 'default', edit: 'redrive-7-1' },
    ])
    expect(left).toEqual([])
  })

  it('announces nothing where nothing was lost', async () => {
    const { playback, sent } = playbackWith([], { edits: async () => [{ kind: 'pool-edited', pool: 'default' }] })
    expect(await redrive('unread-edits', playback, options)).toMatchObject({ found: 0, playedBack: 0 })
    expect(sent).toEqual([])
  })
})
