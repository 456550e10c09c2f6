import { describe, expect, it } from 'vitest'
import { endOrphans, endOverdue } from '#functions/sweep/end-machines'
import { awsError, type Stage, stage } from '#test/functions/stage'

const look = async ({ deps, clock }: Stage) => {
  const { machines } = await deps.machines.list()
  return { overdue: await endOverdue(machines, deps, clock.now), orphans: await endOrphans(machines, deps, clock.now) }
}
const machineOf = (world: Stage) => {
  const [machine] = world.state.machines.instances.values()
  if (!machine) throw new Error('no machine')
  return machine
}
const atWork = async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  return { world, job, machine: machineOf(world) }
}
/** A machine that no attempt has recorded and that none will: `launch` broke off and the round ended. */
const orphaned = async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  const writeAttempt: typeof world.deps.table.writeAttempt = async (write) => {
    if (write.instanceId !== undefined) throw awsError('Crash')
    return world.deps.table.writeAttempt(write)
  }
  await world.launch(job, 'run', { table: { ...world.deps.table, writeAttempt } })
  return { world, job, machine: machineOf(world) }
}

describe('endOverdue and endOrphans', () => {
  it.each([
    { state: 'running', late: -1, ends: 'running', overdue: 0 },
    { state: 'running', late: 0, ends: 'shutting-down', overdue: 1 },
    { state: 'stopped', late: 0, ends: 'shutting-down', overdue: 1 },
    { state: 'terminated', late: 0, ends: 'terminated', overdue: 0 },
  ])('past its lease, whatever anybody thinks of it: $state, $late ms', async ({ state, late, ends, overdue }) => {
    const { world, job, machine } = await atWork()
    machine.state = state
    world.clock.now = (world.attempts(job)[0]?.request.terminateAfter ?? 0) + late
    expect(await look(world)).toEqual({ overdue, orphans: 0 })
    expect(machine.state).toBe(ends)
  })

  it('leaves a machine at work alone, however often it looks', async () => {
    const { world, machine } = await atWork()
    for (const _ of [1, 2, 3]) {
      world.clock.now += 300_000
      expect(await look(world)).toEqual({ overdue: 0, orphans: 0 })
    }
    expect(machine.state).toBe('pending')
  })

  it('ends a machine that no open attempt owns, at the second look', async () => {
    const { world, job, machine } = await orphaned()
    await world.say([{ kind: 'over', job, round: 1, error: 'States.Timeout' }])
    const states: string[] = []
    for (const _ of [1, 2, 3, 4]) {
      await look(world)
      states.push(machine.state)
      world.clock.now += 120_001
    }
    // Too young, suspected, ended.
    expect(states).toEqual(['pending', 'pending', 'shutting-down', 'shutting-down'])
  })

  it('leaves one alone whose attempt is open and has not recorded any: launch will say', async () => {
    const { world, machine } = await orphaned()
    for (const _ of [1, 2, 3]) {
      world.clock.now += 120_001
      expect(await look(world)).toEqual({ overdue: 0, orphans: 0 })
    }
    expect(machine.state).toBe('pending')
  })

  it('ends one whose job nobody knows', async () => {
    const { world, machine } = await atWork()
    machine.tags = { ...machine.tags, job: 'nobody' }
    world.clock.now += 120_001
    expect(await look(world)).toEqual({ overdue: 0, orphans: 0 })
    world.clock.now += 60_000
    expect(await look(world)).toEqual({ overdue: 0, orphans: 1 })
  })
})
