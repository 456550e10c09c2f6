import { describe, expect, it } from 'vitest'
import { Input, sweep } from '#functions/sweep/sweep'
import { awsError, LANDING, stage } from '#test/functions/stage'

const MINUTE = 60_000
const atWork = async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  return { world, job }
}
const kinds = (said: { message: Record<string, unknown> }[]) => said.map(({ message }) => message['kind'])

describe('sweep', () => {
  it('finds nothing in a healthy system, and says that time passed', async () => {
    const { world } = await atWork()
    await sweep(world.deps)
    expect(world.heard()).toEqual([{ group: 'facts', message: { kind: 'tick', at: world.clock.now } }])
    expect(world.lines.at(-1)?.facts).toEqual({
      ...{
        due: 0,
        machines: 1,
        hung: 0,
        deadMachines: 0,
        unheardResults: 0,
        bootTimeouts: 0,
        overdue: 0,
        orphans: 0,
        unheardExecutions: 0,
      },
    })
  })

  it('names each thing that it finds, so that a person can look further', async () => {
    const { world, job } = await atWork()
    const [attempt] = world.attempts(job)
    const told = () =>
      world.lines
        .filter(({ sentence }) => sentence === 'the sweep found what nobody had announced')
        .map(({ facts }) => facts)
    world.clock.now += 5 * MINUTE
    for (const machine of world.state.machines.instances.values()) machine.state = 'stopped'
    await sweep(world.deps)
    const mine = { job, attempt: 1, instanceId: attempt?.instanceId }
    expect(told()).toEqual([{ finding: 'deadMachines', ...mine, state: 'stopped' }])
    world.clock.now += 24 * 60 * MINUTE
    await sweep(world.deps)
    const leaseUntil = new Date(attempt?.request.terminateAfter ?? 0).toISOString()
    expect(told()).toContainEqual({ finding: 'overdue', ...mine, attempt: '1', state: 'stopped', leaseUntil })
  })

  it('looks at EC2 in every fifth minute only', async () => {
    const { world } = await atWork()
    let looks = 0
    const list: typeof world.deps.machines.list = async () => {
      looks += 1
      return { machines: [] }
    }
    for (let minute = 0; minute < 10; minute += 1) {
      await sweep({ ...world.deps, machines: { ...world.deps.machines, list } })
      world.clock.now += MINUTE
    }
    expect(looks).toBe(2)
  })

  it('looks at everything at once when a person asks', async () => {
    const { world } = await atWork()
    world.clock.now += 60_000
    await sweep(world.deps)
    expect(world.heard()).toEqual([])
    await sweep(world.deps, Input.parse({ look: 'all', anything: 'else' }))
    expect(world.heard()).toMatchObject([{ message: { kind: 'tick' } }])
  })

  it('announces due times in every minute', async () => {
    const row = { payerId: 'acme', fileType: 'claims', after: [{ type: 'member', atLeast: 0 }], graceSeconds: 60 }
    const world = stage(2, [row])
    const job = await world.admit('acme/claims/c')
    world.clock.now += MINUTE
    await sweep(world.deps)
    expect(kinds(world.heard())).toEqual(['due'])
    world.clock.now += MINUTE
    await sweep(world.deps)
    await world.drain()
    expect(world.job(job).status).toBe('starting')
  })

  it('looks for files that nobody registered once a day', async () => {
    const world = stage()
    let looks = 0
    const list: typeof world.deps.files.list = async (bucket) => {
      expect(bucket).toBe(LANDING)
      looks += 1
      return { files: [] }
    }
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      await sweep({ ...world.deps, files: { ...world.deps.files, list } })
      world.clock.now += MINUTE
    }
    expect(looks).toBe(1)
  })

  it('looks at machines before it looks at the table: one launched in between is not taken for dead', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    const list: typeof world.deps.machines.list = async (next) => {
      const seen = await world.deps.machines.list(next)
      await world.launch(job, 'run')
      return seen
    }
    await sweep({ ...world.deps, machines: { ...world.deps.machines, list } })
    expect(world.lines.at(-1)?.facts).toMatchObject({ machines: 0, deadMachines: 0 })
    expect(world.attempts(job)).toHaveLength(1)
  })

  it('ends a machine past its lease though the table is out of reach', async () => {
    const { world, job } = await atWork()
    world.clock.now = Math.ceil((world.attempts(job)[0]?.request.terminateAfter ?? 0) / 300_000) * 300_000
    const page = async () => Promise.reject(awsError('InternalServerError'))
    const deps = { ...world.deps, table: { ...world.deps.table, page } }
    await expect(sweep(deps)).rejects.toThrow('InternalServerError')
    expect([...world.state.machines.instances.values()].map(({ state }) => state)).toEqual(['shutting-down'])
  })

  it('reads all pages of EC2', async () => {
    const { world } = await atWork()
    for (const machine of world.state.machines.instances.values()) machine.state = 'terminated'
    const list: typeof world.deps.machines.list = async (next) =>
      next === undefined ? { machines: [], next: 'more' } : world.deps.machines.list()
    await sweep({ ...world.deps, machines: { ...world.deps.machines, list } })
    expect(world.lines.at(-1)?.facts).toMatchObject({ machines: 1, deadMachines: 1 })
    expect(kinds(world.heard())).toEqual(['instance', 'tick'])
  })
})
