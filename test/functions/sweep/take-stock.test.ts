import { describe, expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import { sweep } from '#functions/sweep/sweep'
import { takeStock } from '#functions/sweep/take-stock'
import { type Stage, stage } from '#test/functions/stage'

const rows = [{ fileType: 'extra' }, { fileType: 'claims', after: [{ type: 'member', atLeast: 1 }] }]
const stock = async (world: Stage) =>
  (await takeStock(world.deps, world.clock.now)).map(({ metric, value, by }) => [metric, value, ...(by ? [by] : [])])
const drop = async (world: Stage, ...keys: string[]) => {
  for (const key of keys) await world.admit(key)
}

describe('what waits', () => {
  it('nothing waits, nothing is measured', async () => {
    const world = stage(2, rows)
    expect(await stock(world)).toEqual([])
    await world.succeed('acme/member/a')
    expect(await stock(world)).toEqual([])
  })

  it('files behind a full pool, a closed gate and a file of their lane, each with the age of the first', async () => {
    const world = stage(1, rows)
    await drop(world, 'acme/claims/c1', 'acme/claims/c2')
    world.clock.now += 60_000
    await drop(world, 'acme/member/m1', 'acme/member/m2', 'acme/extra/e1')
    world.clock.now += 60_000
    expect(await stock(world)).toEqual([
      ['Waiting', 2, 'file-unfinished'],
      ['OldestWaitingSeconds', 120, 'file-unfinished'],
      ['Waiting', 1, 'pool-full'],
      ['OldestWaitingSeconds', 60, 'pool-full'],
      ['Waiting', 1, 'running-ahead'],
      ['OldestWaitingSeconds', 60, 'running-ahead'],
      ['GateHeldSeconds', 120],
    ])
  })

  it('files being validated, and files held without an execution', async () => {
    const world = stage(1, rows)
    await world.say([world.drop('acme/extra/e1').event, world.drop('stranger/member/m').event])
    world.clock.now += 5_000
    await world.say([world.drop('stranger/member/younger').event])
    world.clock.now += 1_000
    expect(await stock(world)).toEqual([
      ['Waiting', 1, 'validating'],
      ['OldestWaitingSeconds', 6, 'validating'],
      ['Waiting', 2, 'unknown-payer'],
      ['OldestWaitingSeconds', 6, 'unknown-payer'],
    ])
  })

  it('more lanes than one page', async () => {
    const world = stage(1, rows)
    for (let payer = 0; payer < 120; payer += 1) {
      const payerId = `payer-${String(payer).padStart(3, '0')}`
      putRow(world.state.policies, { payerId, fileType: 'extra', pool: 'p', enabled: false })
      await world.admit(`${payerId}/extra/e`)
    }
    expect((await stock(world))[0]).toEqual(['Waiting', 120, 'paused'])
  })

  it('more lanes than there is time for: the next look goes on where this one stopped, the one after begins again', async () => {
    const world = stage(1, rows)
    for (let payer = 0; payer < 120; payer += 1) await world.admit(`payer-${String(payer).padStart(3, '0')}/extra/e`)
    // A page takes longer than a look may.
    const slow = { ...world.deps, now: () => (world.clock.now += 9_000) }
    const waiting = async () =>
      (await takeStock(slow, world.clock.now)).flatMap(({ metric, value }) => (metric === 'Waiting' ? [value] : []))
    expect([await waiting(), await waiting(), await waiting()]).toEqual([[100], [20], [100]])
  })

  it('a lane that cannot be read is named, and does not hide the others', async () => {
    const world = stage(1, rows)
    await drop(world, 'acme/member/m1', 'acme/extra/e1')
    world.state.schedule.partitions.get('LANE#acme#extra')?.values.forEach((_, sk, all) => {
      all.set(sk, { nonsense: true })
    })
    expect(await stock(world)).toContainEqual(['Waiting', 1, 'internal-error'])
  })

  it('is measured by the sweep, with its findings', async () => {
    const world = stage(1, rows)
    await drop(world, 'acme/claims/c1')
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    world.measures.splice(0)
    world.clock.now += 5 * 60_000
    world.state.machines.instances.clear()
    await sweep(world.deps)
    expect(world.measures).toEqual([
      { metric: 'Swept', value: 1, by: 'deadMachines' },
      { metric: 'Waiting', value: 1, by: 'file-unfinished' },
      { metric: 'OldestWaitingSeconds', value: 300, by: 'file-unfinished' },
      { metric: 'GateHeldSeconds', value: 300 },
    ])
  })
})
