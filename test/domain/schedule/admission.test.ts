import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, parked, refused, succeed } from '#test/support/file-life'
import { type MemoryWorld, memoryWorld } from '#test/support/memory-world'

/** Two lanes of independent types; `big` needs four vCPUs, `small` two. */
const twoLanes = (maxVcpus: number, priority: { big: number; small: number }) =>
  memoryWorld({
    rows: [
      { payerId: 'acme', fileType: 'big', pool: 'p', instanceTypes: ['m7i.xlarge'], priority: priority.big },
      { payerId: 'acme', fileType: 'small', pool: 'p', instanceTypes: ['t3.small'], priority: priority.small },
    ],
    pools: [{ pool: 'p', maxVcpus, maxInstances: 10 }],
  })
const land = (world: MemoryWorld, key: string) => {
  world.run([landed(key)])
  world.run([parked(jobOf(key))])
}
const statuses = (world: MemoryWorld, ...names: string[]) => names.map((key) => world.job(jobOf(key)).status)
const rowEdited: Message = { kind: 'row-edited', payerId: 'acme', fileType: 'small' }
const poolEdited: Message = { kind: 'pool-edited', pool: 'p' }
const board = (world: MemoryWorld) => world.under('POOL#p', keys.BOARD).map(({ sk }) => sk)

describe('strict order in a pool', () => {
  it('a head that does not fit is not overtaken by lower rank', () => {
    const world = twoLanes(4, { big: 200, small: 100 })
    land(world, 'acme/small/s1')
    land(world, 'acme/big/b1')
    land(world, 'acme/small/s2')
    expect(statuses(world, 'acme/small/s1', 'acme/big/b1', 'acme/small/s2')).toEqual(['starting', 'waiting', 'waiting'])
    finish(world, jobOf('acme/small/s1'))
    expect(statuses(world, 'acme/big/b1', 'acme/small/s2')).toEqual(['starting', 'waiting'])
    finish(world, jobOf('acme/big/b1'))
    expect(statuses(world, 'acme/small/s2')).toEqual(['starting'])
  })

  it('with the same priority the older head goes first', () => {
    const world = twoLanes(0, { big: 100, small: 100 })
    land(world, 'acme/small/s1')
    land(world, 'acme/big/b1')
    world.pools.splice(0, 1, { pool: 'p', maxVcpus: 4, maxInstances: 1 })
    world.run([poolEdited])
    expect(statuses(world, 'acme/small/s1', 'acme/big/b1')).toEqual(['starting', 'waiting'])
  })

  it('the ceiling counts instances as well as vCPUs', () => {
    const world = twoLanes(100, { big: 100, small: 100 })
    world.pools.splice(0, 1, { pool: 'p', maxVcpus: 100, maxInstances: 3 })
    world.run(['s1', 's2', 's3', 's4', 's5'].map((name) => landed(`acme/small/${name}`)))
    world.run(['s1', 's2', 's3', 's4', 's5'].map((name) => parked(jobOf(`acme/small/${name}`))))
    expect(world.jobs().filter(({ status }) => status === 'starting')).toHaveLength(3)
    expect(world.get(kinds.poolState, 'p')).toMatchObject({ usedVcpus: 6, usedInstances: 3 })
  })
})

describe('edits act on what waits', () => {
  it.each([10, 300])('a new priority re-ranks %i waiting files with at most three items', (waiting) => {
    const world = twoLanes(2, { big: 100, small: 100 })
    land(world, 'acme/small/first')
    for (let n = 0; n < waiting; n++) land(world, `acme/small/s${n}`)
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'p', priority: 900 })
    world.reads = 0
    const decision = world.decide([rowEdited])
    const lane = decision.writes.filter(({ key }) => key.pk !== 'PAYER#acme')
    expect(lane.map(({ key }) => key.pk).sort()).toEqual(['POOL#p', 'POOL#p', 'SCOPE#acme'])
    expect(world.reads).toBeLessThan(25)
    world.commit(decision)
    expect(board(world)).toEqual([expect.stringMatching(/^BOARD#9099#/)])
  })

  it('paused and resumed', () => {
    const world = twoLanes(2, { big: 100, small: 100 })
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'p', enabled: false })
    land(world, 'acme/small/s1')
    expect(statuses(world, 'acme/small/s1')).toEqual(['waiting'])
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'p' })
    world.run([rowEdited])
    expect(statuses(world, 'acme/small/s1')).toEqual(['starting'])
  })

  it('an invalid row keeps the last good one in force and says so on the row', () => {
    const world = twoLanes(0, { big: 100, small: 700 })
    world.run([rowEdited])
    land(world, 'acme/small/s1')
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'p', priority: 900, prioritty: 1 })
    const [call] = world.run([rowEdited])
    expect(call).toMatchObject({ call: 'row-status', payerId: 'acme', fileType: 'small' })
    expect(call?.call === 'row-status' && call.status).toMatch(/last good row still is.*prioritty/)
    world.pools.splice(0, 1, { pool: 'p', maxVcpus: 2, maxInstances: 1 })
    land(world, 'acme/small/s2')
    world.run([poolEdited])
    expect(statuses(world, 'acme/small/s1', 'acme/small/s2')).toEqual(['starting', 'waiting'])
    expect(board(world)).toEqual([expect.stringMatching(/^BOARD#9299#/)])
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'p', priority: 900 })
    expect(world.run([rowEdited])).toContainEqual(expect.objectContaining({ call: 'row-status', status: 'in force' }))
    expect(board(world)).toEqual([expect.stringMatching(/^BOARD#9099#/)])
  })

  it('an invalid pool row keeps the last good ceiling', () => {
    const world = twoLanes(2, { big: 100, small: 100 })
    world.run([poolEdited])
    world.pools.splice(0, 1, { pool: 'p', maxVcpus: -1, maxInstances: 1 })
    expect(world.run([poolEdited])).toEqual([
      expect.objectContaining({ call: 'pool-status', pool: 'p', status: expect.stringContaining('maxVcpus') }),
    ])
    land(world, 'acme/small/s1')
    expect(statuses(world, 'acme/small/s1')).toEqual(['starting'])
  })

  it.each([
    ['unknown', []],
    ['paused', [{ pool: 'p', maxVcpus: 100, maxInstances: 10, enabled: false }]],
    ['too small', [{ pool: 'p', maxVcpus: 1, maxInstances: 1 }]],
  ])('a pool that is %s holds the lane, and its edit finds the lane again', (_, pools) => {
    const world = twoLanes(0, { big: 100, small: 100 })
    world.pools = pools
    land(world, 'acme/small/s1')
    expect(statuses(world, 'acme/small/s1')).toEqual(['waiting'])
    expect(world.under('POOL#p', keys.HELD)).toHaveLength(1)
    world.pools = [{ pool: 'p', maxVcpus: 2, maxInstances: 1 }]
    world.run([poolEdited])
    expect(statuses(world, 'acme/small/s1')).toEqual(['starting'])
    expect(world.under('POOL#p', keys.HELD)).toHaveLength(0)
  })

  it('a pool that is paused while lanes stand on its board admits nobody', () => {
    const world = twoLanes(2, { big: 100, small: 100 })
    land(world, 'acme/small/s1')
    land(world, 'acme/small/s2')
    world.pools = [{ pool: 'p', maxVcpus: 2, maxInstances: 1, enabled: false }]
    finish(world, jobOf('acme/small/s1'))
    expect(statuses(world, 'acme/small/s2')).toEqual(['waiting'])
    expect(board(world)).toEqual([])
  })

  it('an edit that was not announced yet is in force at admission, and blocks nobody behind it', () => {
    const world = twoLanes(4, { big: 200, small: 100 })
    land(world, 'acme/small/s1')
    land(world, 'acme/big/b1')
    world.rows.splice(0, 1, { payerId: 'acme', fileType: 'big', pool: 'p', enabled: false })
    world.rows.push({ payerId: 'bolt', fileType: 'small', pool: 'p' })
    land(world, 'bolt/small/t1')
    expect(statuses(world, 'acme/big/b1', 'bolt/small/t1')).toEqual(['waiting', 'starting'])
  })

  it('a lane that moves to another pool stands on one board only', () => {
    const world = twoLanes(2, { big: 100, small: 100 })
    land(world, 'acme/small/s1')
    land(world, 'acme/small/s2')
    world.pools.push({ pool: 'q', maxVcpus: 2, maxInstances: 1 })
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'q' })
    world.run([rowEdited])
    expect(statuses(world, 'acme/small/s1', 'acme/small/s2')).toEqual(['starting', 'starting'])
    expect(board(world)).toEqual([])
    finish(world, jobOf('acme/small/s1'))
    expect(world.get(kinds.poolState, 'p')).toMatchObject({ usedVcpus: 0, usedInstances: 0 })
    expect(world.get(kinds.poolState, 'q')).toMatchObject({ usedVcpus: 2, usedInstances: 1 })
  })
})

describe('time', () => {
  it('a grace period ends by a due time, and counts a member file that was announced within it', () => {
    for (const announced of [true, false]) {
      const world = acme(2, [{ payerId: 'acme', fileType: 'claims', graceSeconds: 120 }])
      succeed(world, 'acme/member/m1')
      land(world, 'acme/claims/c1')
      const [due] = world.under(keys.DUE)
      expect(due?.value).toMatchObject({ at: world.now + 120_000, reason: 'grace-period' })
      if (announced) world.run([landed('acme/member/m2')])
      world.now += 120_000
      world.run([{ kind: 'due', sk: due?.sk ?? '', scope: 'acme' }])
      expect(statuses(world, 'acme/claims/c1')).toEqual([announced ? 'waiting' : 'starting'])
      expect(world.under(keys.DUE)).toEqual([])
    }
  })

  it('the pause after a refusal grows to five minutes and no further (lessons 13)', () => {
    const world = acme(1)
    land(world, 'acme/member/m1')
    const job = jobOf('acme/member/m1')
    const pauses: number[] = []
    for (let turn = 1; turn <= 8; turn++) {
      world.run([refused(job, turn, `t${turn}`)])
      const [due] = world.under(keys.DUE)
      const at = Number(due?.sk.split('#')[0])
      pauses.push((at - world.now) / 1000)
      world.now = at
      world.run([{ kind: 'due', sk: due?.sk ?? '', scope: 'acme' }])
      expect(world.job(job).turn).toBe(turn + 1)
    }
    expect(pauses).toEqual([15, 30, 60, 120, 240, 300, 300, 300])
  })

  it('maxConcurrent holds the lane at its number, and a place that is free again is taken at once', () => {
    const world = acme(10, [{ payerId: 'acme', fileType: 'claims', maxConcurrent: 2 }])
    succeed(world, 'acme/member/m1')
    const names = ['acme/claims/c1', 'acme/claims/c2', 'acme/claims/c3']
    for (const name of names) land(world, name)
    expect(statuses(world, ...names)).toEqual(['starting', 'starting', 'waiting'])
    finish(world, jobOf('acme/claims/c1'))
    expect(statuses(world, ...names)).toEqual(['succeeded', 'starting', 'starting'])
  })

  it('a claims job says which member job it ran after', () => {
    const world = acme()
    const member = succeed(world, 'acme/member/m1')
    land(world, 'acme/claims/c1')
    expect(world.job(jobOf('acme/claims/c1')).ranAfter).toEqual({ member })
  })
})
