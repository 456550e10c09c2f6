import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { jobOf, landed } from '#test/support/file-life'
import { type MemoryWorld, memoryWorld } from '#test/support/memory-world'
import { row, wait } from '#test/support/told'

/** Runs a message and what it leaves to be done by a message, to the end; what each transaction did. */
const toItsEnd = (world: MemoryWorld, first: Message) => {
  const steps: { writes: number; message: Message; statuses: string[] }[] = []
  let next: Message | undefined = first
  while (next) {
    const { writes } = world.decide([next])
    const message: Message = next
    next = undefined
    const statuses: string[] = []
    for (const call of world.run([message])) {
      if (call.call === 'row-status' || call.call === 'pool-status') statuses.push(call.status)
      if (call.call === 'send') next = Message.parse(JSON.parse(call.body))
    }
    steps.push({ writes: writes.length, message, statuses })
  }
  return steps
}
const count = (n: number, name: (n: string) => string): string[] =>
  Array.from({ length: n }, (_, i) => name(String(i + 10)))
const rowEdited = (payerId: string, fileType = '*'): Message => ({ kind: 'row-edited', payerId, fileType })
const poolEdited: Message = { kind: 'pool-edited', pool: 'p' }
const statuses = (world: MemoryWorld, files: string[]) => new Set(files.map((key) => world.job(jobOf(key)).status))

describe('a row that held files waited for', () => {
  const files = count(12, (n) => `zoe/member/m${n}`)
  const world = () => {
    const found = acme(1)
    for (const key of files) found.run([landed(key)])
    found.run([landed('zoe2/member/m'), landed('yan/member/m')])
    return found
  }

  it('moves them in the order of their registration, five a transaction, and tells its editor once', () => {
    const found = world()
    found.rows.push({ payerId: 'zoe', fileType: '*', pool: 'p' })
    const steps = toItsEnd(found, rowEdited('zoe'))
    expect(steps.map((step) => step.statuses)).toEqual([['in force'], [], [], []])
    expect(steps.map(({ message }) => ('heldAfter' in message ? 'held' : 'first'))).toEqual([
      ...['first', 'held', 'held', 'held'],
    ])
    expect(steps.slice(0, 3).map(({ writes }) => writes > 0)).toEqual([true, true, true])
    expect(statuses(found, files)).toEqual(new Set(['validating']))
    expect(found.under(keys.lanePk('zoe', 'member')).map(({ sk }) => sk.split('#')[1])).toEqual(
      files.map((f) => jobOf(f)),
    )
    expect(statuses(found, ['zoe2/member/m', 'yan/member/m'])).toEqual(new Set(['registered']))
    expect(found.get(kinds.rowRemark, 'zoe', '*')).toEqual({ status: 'in force' })
  })

  it('of `*` looks at the files of everybody', () => {
    const found = world()
    found.rows.push({ payerId: 'zoe2', fileType: '*', pool: 'p' }, { payerId: 'yan', fileType: '*', pool: 'p' })
    toItsEnd(found, rowEdited('*'))
    expect(statuses(found, ['zoe2/member/m', 'yan/member/m'])).toEqual(new Set(['validating']))
    expect(statuses(found, files)).toEqual(new Set(['registered']))
  })

  it('passes over a file that has moved, or is over, since', () => {
    const found = world()
    found.put(kinds.heldFile, ['zoe', '0', 'nobody'], { job: 'nobody' })
    found.run([{ kind: 'deleted', bucket: 'landing', key: files[0] ?? '', sequencer: '0099' }])
    found.put(kinds.heldFile, ['zoe', '1', jobOf(files[0] ?? '')], { job: jobOf(files[0] ?? '') })
    found.rows.push({ payerId: 'zoe', fileType: '*', pool: 'p' })
    toItsEnd(found, rowEdited('zoe'))
    expect(statuses(found, files.slice(0, 1))).toEqual(new Set(['withdrawn']))
    expect(statuses(found, files.slice(1))).toEqual(new Set(['validating']))
  })
})

describe('a row of many lanes', () => {
  it.each([
    [10, 1],
    [11, 2],
    [25, 3],
  ])('%i of them compete anew in %i transactions, ten lanes each, nobody else’s', (lanes, transactions) => {
    const cycles = count(lanes, (n) => `acme/extra/20${n}/e`)
    const world = acme(1, [
      row('extra', { scope: 'cycle', priority: 300 }),
      { payerId: 'acme2', fileType: '*', pool: 'p' },
    ])
    wait(world, 'acme/member/m', ...cycles, 'acme2/member/e')
    const board = () => world.under('POOL#p', keys.BOARD).map(({ sk }) => sk.split('#')[1])
    expect(new Set(board())).toEqual(new Set(['9699', '9899']))
    world.rows.splice(1, 1, row('extra', { scope: 'cycle', priority: 400 }))
    world.remove(keys.laneOf('acme', 'acme', 'member'))
    const steps = toItsEnd(world, rowEdited('acme', 'extra'))
    expect(steps).toHaveLength(transactions)
    for (const { writes } of steps) expect(writes).toBeLessThanOrEqual(3 * 10 + 2)
    expect(board().filter((rank) => rank === '9599')).toHaveLength(lanes)
    expect(board().filter((rank) => rank === '9899')).toHaveLength(1)
  })
})

describe('a pool of many lanes', () => {
  it.each([
    [10, 1],
    [11, 2],
    [25, 3],
  ])('%i held at it are looked at in %i transactions, and its editor is told once', (lanes, transactions) => {
    const files = count(lanes, (n) => `acme/extra/20${n}/e`)
    const world = acme(1, [row('extra', { scope: 'cycle' })])
    world.pools = [{ pool: 'p', maxVcpus: 1, maxInstances: 1 }]
    wait(world, ...files)
    expect(world.under('POOL#p', keys.HELD)).toHaveLength(lanes)
    world.pools = [{ pool: 'p', maxVcpus: 2, maxInstances: 1 }]
    const steps = toItsEnd(world, poolEdited)
    expect(steps.map((step) => step.statuses)).toEqual([
      ['in force'],
      ...Array.from({ length: transactions - 1 }, () => []),
    ])
    expect(world.under('POOL#p', keys.HELD)).toEqual([])
    expect(world.under('POOL#p', keys.BOARD)).toHaveLength(lanes - 1)
    expect(world.get(kinds.poolRemark, 'p')).toEqual({ status: 'in force' })
  })

  it('and a row that is gone is told to nobody', () => {
    const world = memoryWorld()
    expect(world.run([poolEdited, rowEdited('acme')])).toEqual([])
  })
})

describe('a time that has come', () => {
  it.each(['acme#member', 'acme#2026#extra', ''])('leaves the list: %j', (what) => {
    const world = acme(1)
    const kept = keys.due(5, 'acme#other')
    for (const each of [what, 'acme#other'])
      world.put(kinds.due, [5, each], { scope: 'acme', at: 5, reason: 'grace-period' })
    world.run([{ kind: 'due', sk: keys.due(5, what).sk, scope: 'acme' }])
    expect(world.under(keys.DUE).map(({ sk }) => sk)).toEqual([kept.sk])
  })
})
