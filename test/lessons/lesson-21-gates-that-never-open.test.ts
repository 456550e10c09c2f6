import { describe, expect, it } from 'vitest'
import { openBooks } from '#domain/schedule/books'
import { explain } from '#domain/schedule/explain'
import { takeStock } from '#functions/sweep/take-stock'
import { think } from '#functions/think'
import { alarmTable } from '#infra/alarm-table'
import { stage } from '#test/functions/stage'

const lane = { scope: 'acme', type: 'claims' }
const waive = { kind: 'request', id: 'request-1', action: 'waive', lane, who: 'ana', why: 'no members this month' }

describe('lesson 21: a gate that can never open', () => {
  it('has a name, an age with an alarm, and a way out for its owner', async () => {
    const world = stage()
    const job = await world.admit('acme/claims/c')
    const because = async () => (await think(explain(openBooks(world.clock.now, 0), job), world.deps))?.because
    expect(await because()).toBe('member-file-missing')

    world.clock.now += 86_400_000
    const age = { metric: 'GateHeldSeconds', value: 86_400 }
    expect(await takeStock(world.deps, world.clock.now)).toContainEqual(age)
    expect(JSON.stringify(alarmTable({ waitingHours: 1, gateHours: 2, dailyUsd: 3 }))).toContain(
      '"metric":"GateHeldSeconds"',
    )

    await world.say([waive])
    expect(world.job(job).status).toBe('starting')
    expect(await takeStock(world.deps, world.clock.now)).toEqual([])
  })

  it('closed by a failed file is opened by excusing it, or by a success of the next', async () => {
    for (const way of ['excuse', 'success']) {
      const world = stage(2, [{ fileType: 'member', ordered: false }])
      await world.succeed('acme/member/m0')
      const member = world.drop('acme/member/m1')
      await world.say([member.event])
      const job = await world.admit('acme/claims/c')
      await world.say([{ kind: 'over', job: member.job, round: 1, error: 'UnsoundFile', cause: '{}' }])
      expect(world.job(job).status).toBe('waiting')
      if (way === 'excuse') await world.say([{ ...waive, action: 'excuse', lane: undefined, job: member.job }])
      else await world.succeed('acme/member/m1')
      expect(world.job(job).status).toBe('starting')
    }
  })
})
