import { describe, expect, it } from 'vitest'
import { setItem } from '#adapters/memory/schedule-table'
import * as keys from '#domain/schedule/keys'
import { findAttempts } from '#functions/sweep/find-attempts'
import { type Stage, stage } from '#test/functions/stage'

const look = async (world: Stage) => {
  const { machines } = await world.deps.machines.list()
  const found = await findAttempts(machines, world.deps, world.clock.now)
  return { found, said: world.heard().map(({ message }) => message) }
}
const atWork = async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  const [machine] = world.state.machines.instances.values()
  if (!machine) throw new Error('no machine')
  return { world, job, machine }
}

describe('findAttempts', () => {
  it.each(['terminated', 'stopped'])('announces a machine that is %s and left its attempt open', async (state) => {
    const { world, job, machine } = await atWork()
    machine.state = state
    const { found, said } = await look(world)
    expect(found).toEqual({ dead: 1, results: 0 })
    await world.say(said)
    expect(world.attempts(job)).toMatchObject([{ state: 'lost' }])
    expect(world.answer(`${job}-run`)).toMatchObject({ error: 'InstanceLost' })
    expect(await look(world)).toEqual({ found: { dead: 0, results: 0 }, said: [] })
  })

  it.each(['pending', 'running', 'shutting-down', 'stopping'])('leaves a machine alone that is %s', async (state) => {
    const { world, machine } = await atWork()
    machine.state = state
    world.clock.now += 599_999
    expect(await look(world)).toEqual({ found: { dead: 0, results: 0 }, said: [] })
  })

  it.each([
    { after: 120_000, dead: 0 },
    { after: 120_001, dead: 1 },
  ])('a machine that EC2 does not show is dead after two minutes: $after ms, $dead', async ({ after, dead }) => {
    const { world } = await atWork()
    world.state.machines.instances.clear()
    world.clock.now += after
    expect((await look(world)).found.dead).toBe(dead)
  })

  it('two minutes count from the record of the machine, not from the opening of a slow attempt (fault world 296)', async () => {
    const { world, job } = await atWork()
    const [attempt] = world.attempts(job)
    if (!attempt) throw new Error('no attempt')
    const late = { ...attempt, openedAt: world.clock.now - 600_000 }
    setItem(world.state.schedule, keys.attempt(job, 1, 1), late)
    world.state.machines.instances.clear()
    world.clock.now += 60_000
    expect((await look(world)).found.dead).toBe(0)
  })

  it('a machine that EC2 does not show is terminated all the same: EC2 may lag', async () => {
    const { world, machine } = await atWork()
    const unseen = await findAttempts([], { ...world.deps }, world.clock.now + 120_001)
    expect(unseen.dead).toBe(1)
    await world.say(world.heard().map(({ message }) => message))
    expect(machine.state).toBe('shutting-down')
  })

  it.each([
    { after: 120_000, results: 0 },
    { after: 120_001, results: 1 },
  ])(
    'a result that nobody heard of is announced after two minutes: $after ms, $results',
    async ({ after, results }) => {
      const { world, job } = await atWork()
      world.result(job)
      world.clock.now += after
      const { found, said } = await look(world)
      expect(found).toEqual({ dead: 0, results })
      await world.say(said)
      expect(world.job(job).status).toBe(results === 1 ? 'succeeded' : 'starting')
    },
  )

  it('a dead machine that left its result is a success', async () => {
    const { world, job, machine } = await atWork()
    world.result(job)
    machine.state = 'terminated'
    await world.say((await look(world)).said)
    expect(world.job(job).status).toBe('succeeded')
  })

  it('an attempt without an instance has no dead machine', async () => {
    const world = stage()
    world.state.machines.fault = () => ({ error: 'RequestLimitExceeded' })
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    world.clock.now += 600_000
    expect(world.itemsOf(keys.OPEN)).toHaveLength(1)
    expect(await look(world)).toEqual({ found: { dead: 0, results: 0 }, said: [] })
  })

  it('finds the dead among hundreds of open attempts', async () => {
    const { world, job, machine } = await atWork()
    const [attempt] = world.attempts(job)
    for (let n = 0; n < 250; n += 1) {
      const instanceId = `i-${n}`
      const parts = [`job-${String(n).padStart(3, '0')}`, 1, 1] as const
      setItem(world.state.schedule, keys.attempt(...parts), { ...attempt, job: parts[0], instanceId })
      setItem(world.state.schedule, keys.open(...parts), { job: parts[0], round: 1, attempt: 1 })
      world.state.machines.instances.set(instanceId, {
        ...machine,
        instanceId,
        state: n === 249 ? 'terminated' : 'running',
      })
    }
    const { said } = await look(world)
    expect(said).toMatchObject([{ kind: 'instance', instanceId: 'i-249' }])
  })
})
