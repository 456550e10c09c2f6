import { describe, expect, it } from 'vitest'
import { receive } from '#adapters/memory/inbox'
import { Input, reconfigure } from '#functions/reconfigure/reconfigure'
import { readMessage } from '#functions/schedule/read-message'
import { stage } from '#test/functions/stage'

type Image = Record<string, unknown>
const row = { payerId: { S: 'acme' }, fileType: { S: 'claims' } }
const record = (Keys: Image, before: Image | undefined, after: Image | undefined, SequenceNumber = '1') => ({
  eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
  dynamodb: {
    ...{ Keys, SequenceNumber },
    ...(before ? { OldImage: { ...Keys, ...before } } : {}),
    ...(after ? { NewImage: { ...Keys, ...after } } : {}),
  },
})

/** What reaches the inbox, group and message. */
const heard = async (...Records: object[]) => {
  const world = stage()
  await reconfigure(Input.parse({ Records }), world.deps)
  return receive(world.state.inbox, world.clock.now).map(({ group, body }) => ({ group, message: JSON.parse(body) }))
}
const five = { priority: { N: '5' } }
const nine = { priority: { N: '9' } }
const edited = (edit = '1') => ({
  group: 'facts',
  message: { kind: 'row-edited', payerId: 'acme', fileType: 'claims', edit },
})

describe('reconfigure', () => {
  it.each([
    { what: 'a new row', before: undefined, after: five },
    { what: 'an edited row', before: five, after: nine },
    { what: 'a deleted row', before: five, after: undefined },
    { what: 'an attribute that went', before: { ...five, note: { S: 'x' } }, after: five },
    { what: 'an edit that takes our mark away too', before: { ...five, mayflyStatus: { S: 'in force' } }, after: nine },
  ])('$what is told to the inbox by its name', async ({ before, after }) => {
    expect(await heard(record(row, before, after))).toEqual([edited()])
  })

  it('a pool is told as a pool', async () => {
    expect(await heard(record({ pool: { S: 'p' } }, { maxVcpus: { N: '2' } }, { maxVcpus: { N: '4' } }, '77'))).toEqual(
      [{ group: 'facts', message: { kind: 'pool-edited', pool: 'p', edit: '77' } }],
    )
  })

  it.each([
    { what: 'our mark on a row', before: five, after: { ...five, mayflyStatus: { S: 'in force' } } },
    {
      what: 'another mark',
      before: { ...five, mayflyStatus: { S: 'a' } },
      after: { ...five, mayflyStatus: { S: 'b' } },
    },
    { what: 'a row saved as it was', before: { ...five, note: { S: 'x' } }, after: { note: { S: 'x' }, ...five } },
  ])('$what is no news', async ({ before, after }) => {
    expect(await heard(record(row, before, after))).toEqual([])
  })

  it('each edit of a row is a message of its own, in order; the same record twice is one', async () => {
    const [first, second] = [record(row, five, nine, '1'), record(row, nine, five, '2')]
    expect(await heard(first, second, first)).toEqual([edited('1'), edited('2')])
  })

  it('the scheduler understands what it says, and its own mark ends the matter', async () => {
    const world = stage(2, [{ payerId: 'acme', fileType: 'claims', priority: 5 }])
    await reconfigure(Input.parse({ Records: [record(row, undefined, five)] }), world.deps)
    const [message] = receive(world.state.inbox, world.clock.now)
    expect(await readMessage(message?.body ?? '', world.deps)).toMatchObject({ kind: 'row-edited', payerId: 'acme' })
    await world.say([message?.body])
    expect(world.state.policies.marked).toEqual(['acme/claims'])
    await world.say([message?.body])
    expect(world.state.policies.marked).toEqual(['acme/claims'])
  })
})
