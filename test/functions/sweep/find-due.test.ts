import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import { findDue } from '#functions/sweep/find-due'
import { stage } from '#test/functions/stage'

const grace = { payerId: 'acme', fileType: 'claims', after: [{ type: 'member', atLeast: 0 }], graceSeconds: 60 }

describe('findDue', () => {
  it.each([
    { after: 59_999, due: [], status: 'waiting' },
    { after: 60_000, due: [{ group: 'landed', kind: 'due', scope: 'acme' }], status: 'starting' },
  ])('$after ms into a grace period of 60 s: the file is $status', async ({ after, due, status }) => {
    const world = stage(2, [grace])
    const job = await world.admit('acme/claims/c')
    expect(world.job(job).status).toBe('waiting')
    world.clock.now += after
    expect(await findDue(world.deps, world.clock.now)).toBe(due.length)
    const said = world.heard()
    expect(said.map(({ group, message: { kind, scope } }) => ({ group, kind, scope }))).toEqual(due)
    await world.say(said.map(({ message }) => message))
    expect(world.job(job).status).toBe(status)
    expect(world.itemsOf(keys.DUE)).toHaveLength(1 - due.length)
  })

  it('says it again a minute later when the scheduler’s clock was behind and it put the time back', async () => {
    const world = stage(2, [grace])
    const job = await world.admit('acme/claims/c')
    const due = world.clock.now + 60_000
    await findDue(world.deps, due)
    world.clock.now = due - 1
    await world.drain()
    expect(world.job(job).status).toBe('waiting')
    expect(world.itemsOf(keys.DUE)).toHaveLength(1)
    world.clock.now = due + 60_000
    await findDue(world.deps, world.clock.now)
    await world.drain()
    expect(world.job(job).status).toBe('starting')
  })
})
