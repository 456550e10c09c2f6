import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { jobOf, landed, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'
import { row, told, wait, worldOf } from '#test/support/told'

const extra = 'acme/extra/e'
const member = 'acme/member/m'
const look: Message = { kind: 'due', sk: '0#acme', scope: 'acme' }
const troubles = (world: MemoryWorld, message: Message) => world.decide([message]).troubled
const written = (world: MemoryWorld, message: Message) => world.decide([message]).writes.map(({ key }) => key.pk)

describe('the head of a lane', () => {
  it('that failed, with nobody behind it, is no trouble', () => {
    const world = worldOf([member], [], over(jobOf(member), 'ProcessorFailed'))
    expect(troubles(world, look)).toEqual([])
  })

  it('stays the failed file while the full one behind it is validated again', () => {
    const full = { validation: { full: true, counts: {}, report: 'r' } }
    const world = acme(1)
    for (const key of [member, 'acme/member/n', 'acme/member/o']) world.run([landed(key)])
    world.run([over(jobOf(member), 'ProcessorFailed')])
    world.run([parked(jobOf('acme/member/n'), 't', full)])
    expect(world.job(jobOf('acme/member/n')).status).toBe('starting')
    world.run([over(jobOf('acme/member/n'), 'ProcessorFailed'), parked(jobOf('acme/member/o'))])
    const retry = { kind: 'request', id: 'request-1', action: 'retry', who: 'ana', why: 'again' } as const
    world.run([{ ...retry, job: jobOf('acme/member/n') }])
    expect(told(world, 'acme/member/o')).toMatchObject({ because: 'failed-ahead', waitingFor: [jobOf(member)] })
  })
})

describe('looking at a lane again', () => {
  it('writes nothing when nothing has changed: ready, held at its pool, or before its gate', () => {
    const held = worldOf([extra], [row('extra', { pool: 'q' })])
    const onBoard = worldOf([member, extra], [row('extra')])
    const gated = worldOf(['acme/claims/c'], [])
    for (const world of [held, onBoard, gated]) expect(written(world, look)).toEqual(['DUE#main'])
    expect(held.under('POOL#q', keys.HELD)).toHaveLength(1)
    expect(onBoard.under('POOL#p', keys.BOARD)).toHaveLength(1)
  })

  it('two lanes that wait for one moment have a due time each', () => {
    const waits = { after: [{ type: 'member', atLeast: 0 }], graceSeconds: 60 }
    const world = worldOf([], [row('extra', waits), row('other', waits)])
    world.run([landed(extra), landed('acme/other/o'), parked(jobOf(extra)), parked(jobOf('acme/other/o'))])
    expect(world.under(keys.DUE).map(({ sk }) => sk.split('#').slice(1))).toEqual([
      ['acme', 'extra'],
      ['acme', 'other'],
    ])
  })

  it('a scope that is no more is no trouble, nor is a lane of it', () => {
    const world = worldOf([member], [])
    world.put(kinds.laneOf, ['acme', 'acme#gone', 'member'], { payerId: 'acme', scope: 'acme#gone', type: 'member' })
    expect(troubles(world, { ...look, scope: 'gone' })).toEqual([])
    const decision = world.decide([{ kind: 'row-edited', payerId: 'acme', fileType: '*' }])
    expect([decision.quarantined, decision.troubled]).toEqual([[], []])
  })
})

describe('a lane on a board that can no longer be read', () => {
  const broken = () => {
    const world = worldOf([member, extra, 'acme/other/o'], [row('extra', { priority: 900 }), row('other')])
    const [entry] = world.under(keys.lanePk('acme', 'extra'))
    if (!entry) throw new Error('no entry')
    const sound = entry.value
    Object.assign(entry, { value: { broken: true } })
    return { world, entry, sound }
  }
  const boards = (world: MemoryWorld) =>
    world.under('POOL#p', keys.BOARD).map(({ value }) => kinds.board.schema.parse(value).type)

  it('leaves it, keeps what its scope counts, and nobody behind it waits for it', () => {
    const { world } = broken()
    expect(boards(world)).toEqual(['extra', 'other'])
    const before = world.get(kinds.scope, 'acme')?.types
    const decision = world.decide([look])
    expect(decision.troubled).toMatchObject([{ what: 'lane acme/extra' }])
    world.commit(decision)
    expect(boards(world)).toEqual(['other'])
    const { board: _board, ...kept } = before?.['extra'] ?? {}
    expect(world.get(kinds.scope, 'acme')?.types).toEqual({ ...before, extra: kept })
    world.run([over(jobOf(member), 'ProcessorFailed')])
    expect(world.job(jobOf('acme/other/o')).status).toBe('starting')
  })

  it('and comes back to it when it can be', () => {
    const { world, entry, sound } = broken()
    world.run([look])
    Object.assign(entry, { value: sound })
    world.run([look])
    expect(boards(world)).toEqual(['extra', 'other'])
  })

  it('off the board it stays off, without a write', () => {
    const { world } = broken()
    world.run([look])
    expect(written(world, look)).toEqual(['DUE#main'])
    wait(world, 'acme/extra/f')
    expect(boards(world)).toEqual(['other'])
  })
})
