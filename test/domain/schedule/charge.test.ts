import { describe, expect, it } from 'vitest'
import { nextDay } from '#domain/cost'
import { recordOf } from '#domain/schedule/job-record'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { type Stage, stage } from '#test/functions/stage'

/** What a t3.small and its 20 GiB cost an hour. */
const HOURLY = 0.0208 + (20 * 0.08) / 730

const upTo = (seconds: number) => ({
  startedAt: '2026-11-22T10:00:00Z',
  endedAt: new Date(Date.parse('2026-11-22T10:00:00Z') + seconds * 1000).toISOString(),
})
const machineOf = (world: Stage, job: string): string => world.attempts(job).at(-1)?.instanceId ?? ''
const runs = (world: Stage, job: string) =>
  world.say([{ kind: 'instance', instanceId: machineOf(world, job), state: 'running' }])
const spent = (world: Stage, scope = 'acme') =>
  kinds.scope.schema.parse(world.itemsOf(`SCOPE#${scope}`, 'STATE')[0]?.value).spent
const budget = (usd: number, more: object = {}) => [
  { payerId: 'acme', fileType: 'member', dailyBudgetUsd: usd, ...more },
]

describe('a job is charged', () => {
  it('from the moment when its machine runs until it ends, with its disk; and says what of it was useful', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    world.clock.now += 20_000
    await runs(world, job)
    world.clock.now += 120_000
    await world.say([world.result(job, { ...upTo(90), peakMemoryBytes: 5e8, cpuSeconds: 70 })])
    const usd = Math.round((120 / 3600) * HOURLY * 1e8) / 1e8
    expect(world.job(job).spent).toEqual({
      ...{ instanceType: 't3.small', market: 'on-demand', usdPerHour: 0.0208 },
      ...{ billedSeconds: 120, usefulSeconds: 90, usd },
    })
    expect(recordOf(world.job(job))).toMatchObject({
      ...{ instanceType: 't3.small', market: 'on-demand', usdPerHour: 0.0208, billedSeconds: 120, costUsd: usd },
      ...{ usefulSeconds: 90, burstEfficiency: 0.75, peakMemoryBytes: 5e8, cpuSeconds: 70 },
    })
    expect(spent(world)).toEqual({ day: new Date(world.clock.now).toISOString().slice(0, 10), usd })
  })

  it('from its launch where nobody said that it runs, and for a minute at least', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    world.clock.now += 7_000
    await world.say([world.result(job, upTo(5))])
    expect(world.job(job).spent).toMatchObject({ billedSeconds: 60, usefulSeconds: 5 })
  })

  it('for what was lost as well, of which nothing was useful', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    await runs(world, job)
    world.clock.now += 300_000
    await world.say([{ kind: 'instance', instanceId: machineOf(world, job), state: 'terminated' }])
    expect(world.job(job).spent).toMatchObject({ billedSeconds: 300, usefulSeconds: 0 })
    await world.launch(job, 'again')
    world.clock.now += 100_000
    await runs(world, job)
    world.clock.now += 60_000
    await world.say([world.result(job, upTo(50))])
    expect(world.job(job).spent).toMatchObject({ billedSeconds: 360, usefulSeconds: 50 })
    expect(spent(world)?.usd).toBe(world.job(job).spent?.usd)
  })

  it('once, however often its end is told', async () => {
    const world = stage()
    const job = await world.succeed('acme/member/a')
    const before = [world.job(job).spent, spent(world)]
    world.clock.now += 1_000
    await world.say([world.result(job), { kind: 'instance', instanceId: machineOf(world, job), state: 'terminated' }])
    expect([world.job(job).spent, spent(world)]).toEqual(before)
  })

  it('to its payer’s own purse, whatever cycle it belongs to; a new day begins with nothing', async () => {
    const world = stage(2, [{ payerId: 'acme', fileType: '*', pool: 'p', graceSeconds: 0, scope: 'cycle' }])
    const first = await world.succeed('acme/member/2026-10/a')
    const one = world.job(first).spent?.usd ?? 0
    await world.succeed('acme/member/2026-11/b')
    expect(spent(world)?.usd).toBeCloseTo(2 * one, 8)
    expect(spent(world, 'acme#2026-10')).toBeUndefined()
    world.clock.now = nextDay(world.clock.now)
    await world.succeed('acme/member/2026-12/c')
    expect(spent(world)?.usd).toBe(one)
  })
})

describe('dailyBudgetUsd', () => {
  it('what is spent holds the lane until midnight, UTC', async () => {
    const world = stage(2, budget(0.0001))
    await world.succeed('acme/member/a')
    const held = await world.admit('acme/member/b')
    expect(world.job(held).status).toBe('waiting')
    const midnight = nextDay(world.clock.now)
    expect(world.itemsOf(keys.DUE).map(({ value }) => value)).toEqual([
      { scope: 'acme', at: midnight, reason: 'daily-budget' },
    ])
    const sk = world.itemsOf(keys.DUE)[0]?.sk ?? ''
    world.clock.now = midnight - 1
    await world.say([{ kind: 'due', sk, scope: 'acme' }])
    expect(world.job(held).status).toBe('waiting')
    world.clock.now = midnight
    await world.say([{ kind: 'due', sk, scope: 'acme' }])
    expect(world.job(held).status).toBe('starting')
  })

  it('takes a lane off its board that was ready when the last dollar went', async () => {
    const world = stage(1, budget(0.0001, { ordered: false }))
    const first = await world.admit('acme/member/a')
    const second = await world.admit('acme/member/b')
    await world.launch(first)
    await world.say([world.result(first)])
    expect(world.job(first).status).toBe('succeeded')
    expect(world.job(second).status).toBe('waiting')
    expect(world.itemsOf('POOL#p', keys.BOARD)).toEqual([])
  })

  it('of another cycle counts, when the lane’s turn would come', async () => {
    const world = stage(1, budget(0.0001, { scope: 'cycle' }))
    const first = await world.admit('acme/member/2026-10/a')
    const second = await world.admit('acme/member/2026-11/b')
    await world.launch(first)
    await world.say([world.result(first)])
    expect(world.job(second).status).toBe('waiting')
  })

  it('not yet spent, or of another payer, holds nothing', async () => {
    const world = stage(2, [...budget(10), { payerId: 'other', fileType: '*', pool: 'p', dailyBudgetUsd: 0.0001 }])
    await world.succeed('acme/member/a')
    const next = await world.admit('acme/member/b')
    const other = await world.admit('other/member/c')
    expect([world.job(next).status, world.job(other).status]).toEqual(['starting', 'starting'])
  })
})
