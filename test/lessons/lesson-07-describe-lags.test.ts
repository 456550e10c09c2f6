import { describe, expect, it } from 'vitest'
import { machines } from '#adapters/memory/machines'
import { sweep } from '#functions/sweep/sweep'
import { awsError, stage } from '#test/functions/stage'

const MINUTE = 60_000

describe('lesson 7: not found is not absent', () => {
  it('a machine that EC2 does not show yet is not dead; it is when five minutes have passed, and is ended all the same', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    const [machine] = world.state.machines.instances.values()
    const blind = { ...world.deps.machines, list: async () => ({ machines: [] }) }
    await sweep({ ...world.deps, machines: blind })
    await world.drain()
    expect(world.attempts(job)).toMatchObject([{ state: 'open' }])
    world.clock.now += 5 * MINUTE
    await sweep({ ...world.deps, machines: blind })
    await world.drain()
    expect(world.attempts(job)).toMatchObject([{ state: 'lost' }])
    expect(machine?.state).toBe('shutting-down')
  })

  it('EC2 is listed to its last page: live work on page two is not taken for dead', async () => {
    const world = stage(3, [{ payerId: 'acme', fileType: 'member', ordered: false }])
    const jobs: string[] = []
    for (const key of ['acme/member/a', 'acme/member/b', 'acme/member/c']) jobs.push(await world.admit(key))
    for (const job of jobs) await world.launch(job)
    world.clock.now += 5 * MINUTE
    await sweep({ ...world.deps, machines: machines(world.state.machines, world.deps.now, 1) })
    await world.drain()
    expect(jobs.map((job) => world.attempts(job)[0]?.state)).toEqual(['open', 'open', 'open'])
  })

  it('an unowned machine is marked at the first look and ended at a later one, never at the first', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    const [machine] = world.state.machines.instances.values()
    if (!machine) throw new Error('no machine')
    machine.tags = { ...machine.tags, job: 'nobody' }
    const seen: string[] = []
    for (const _ of [1, 2, 3]) {
      await sweep(world.deps)
      seen.push(machine.state)
      world.clock.now += 5 * MINUTE
    }
    expect(seen).toEqual(['pending', 'pending', 'shutting-down'])
  })

  it('while our own table is down nothing is ended by the sweep, and the machine’s own deadline still is', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    const down = () => Promise.reject(awsError('InternalServerError'))
    world.clock.now += 5 * MINUTE
    await expect(sweep({ ...world.deps, table: { ...world.deps.table, page: down, items: down } })).rejects.toThrow()
    const [machine] = world.state.machines.instances.values()
    expect(machine?.state).toBe('pending')
    const { deadlineMinutes = 0, terminateAfter = 0 } = world.attempts(job)[0]?.request ?? {}
    expect(machine?.request.userData).toContain(`MAYFLY_DEADLINE_MINUTES='${deadlineMinutes}'`)
    expect((machine?.launchedAt ?? 0) + deadlineMinutes * MINUTE).toBeLessThan(terminateAfter)
  })
})
