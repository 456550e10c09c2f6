import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { runPrefix } from '#domain/schedule/run-prefix'
import { sweep } from '#functions/sweep/sweep'
import { ROLE, type Stage, stage } from '#test/functions/stage'

const MINUTE = 60_000
const row = (fields: object) => ({ payerId: 'acme', fileType: 'member', ordered: false, ...fields })
const machineOf = (world: Stage, job: string) => {
  const found = world.state.machines.instances.get(world.attempts(job).at(-1)?.instanceId ?? '')
  if (!found) throw new Error('no machine')
  return found
}
const live = (world: Stage, job: string): void =>
  void world.state.results.set(`${runPrefix(ROLE, machineOf(world, job).instanceId)}progress.json`, '{}')

/** A file whose machine dies, and what the scheduler makes of it. */
const dying = async (fields: object, how: { reason?: string; lived?: boolean; warned?: boolean; state?: string }) => {
  const world = stage(2, [row(fields)])
  const job = await world.admit('acme/member/a')
  await world.launch(job, 'run-1')
  const machine = machineOf(world, job)
  if (how.lived) live(world, job)
  if (how.warned) await world.say([{ kind: 'spot-warning', instanceId: machine.instanceId }])
  machine.state = 'terminated'
  if (how.reason) machine.stateReason = how.reason
  await world.say([{ kind: 'instance', instanceId: machine.instanceId, state: how.state ?? 'terminated' }])
  return { world, job, machine }
}
const boots = (world: Stage) =>
  kinds.scope.schema.parse(world.itemsOf('SCOPE#acme', 'STATE')[0]?.value).boots?.failed ?? 0

describe('a machine that left no result', () => {
  it.each([
    ['never gave a sign of life', {}, {}, 'lost', 'died-booting', 1],
    ['died at work', {}, { lived: true }, 'lost', 'terminated', 0],
    ['stopped at work', {}, { lived: true, state: 'stopped' }, 'lost', 'stopped', 0],
    ['hangs', {}, { lived: true, state: 'hung' }, 'lost', 'hung', 0],
    [
      'was ended by hand while it booted',
      {},
      { reason: 'Client.UserInitiatedShutdown' },
      'lost',
      'Client.UserInitiatedShutdown',
      0,
    ],
    [
      'was taken back for want of capacity before it ran',
      {},
      { reason: 'Server.InsufficientInstanceCapacity' },
      'refused',
      'Server.InsufficientInstanceCapacity',
      0,
    ],
    [
      'was taken back before it ran, which its boot deadline is the first to notice',
      {},
      { state: 'boot-timeout', reason: 'Server.InsufficientInstanceCapacity' },
      'refused',
      'Server.InsufficientInstanceCapacity',
      0,
    ],
    ['never came up', {}, { state: 'boot-timeout' }, 'lost', 'boot-timeout', 1],
    [
      'is spot, and EC2 took it back',
      { market: 'spot' },
      { lived: true, reason: 'Server.SpotInstanceTermination' },
      'lost',
      'spot-interruption',
      0,
    ],
    [
      'is spot, and was taken back while it booted',
      { market: 'spot' },
      { reason: 'Server.SpotInstanceTermination' },
      'lost',
      'spot-interruption',
      0,
    ],
    ['is spot, and EC2 had warned', { market: 'spot' }, { lived: true, warned: true }, 'lost', 'spot-interruption', 0],
    [
      'is spot, and died otherwise',
      { market: 'spot' },
      { lived: true, reason: 'Server.InternalError' },
      'lost',
      'Server.InternalError',
      0,
    ],
  ] as const)('%s', async (_, fields, how, state, because, failed) => {
    const { world, job } = await dying(fields, how)
    expect(world.attempts(job)).toMatchObject([{ state, because }])
    expect(world.answer('run-1')).toMatchObject({ error: 'InstanceLost', cause: expect.stringContaining(because) })
    expect(boots(world)).toBe(failed)
    expect(world.job(job).status).toBe('starting')
  })

  it('refused late: no attempt is used up, and the candidate is not asked for again at once', async () => {
    const { world, job } = await dying({ attempts: 1 }, { reason: 'Server.InsufficientInstanceCapacity' })
    await world.launch(job, 'run-2')
    expect(world.attempts(job)[1]).toMatchObject({ state: 'open', instanceId: expect.any(String) })
    expect(machineOf(world, job).request.candidate.subnet).toBe('subnet-b')
    // Both zones refused: the turn goes back.
    const second = machineOf(world, job)
    Object.assign(second, { state: 'terminated', stateReason: 'Server.InsufficientInstanceCapacity' })
    await world.say([{ kind: 'instance', instanceId: second.instanceId, state: 'terminated' }])
    await world.launch(job, 'run-3')
    expect(world.answer('run-3')).toMatchObject({ error: 'CapacityUnavailable' })
  })

  it('a spot loss is replaced on demand once the row’s number of them is reached', async () => {
    const { world, job, machine } = await dying({ market: 'spot', onDemandAfter: 1 }, { lived: true, warned: true })
    expect(machine.request.candidate.market).toBe('spot')
    await world.launch(job, 'run-2')
    expect(machineOf(world, job).request.candidate.market).toBe('on-demand')
  })

  it('a warned machine that could still write its result is believed; what it could not finish is a spot loss', async () => {
    const world = stage(2, [row({ market: 'spot' })])
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'run-1')
    const warning = {
      'detail-type': 'EC2 Spot Instance Interruption Warning',
      detail: { 'instance-id': machineOf(world, job).instanceId },
    }
    await world.say([warning, warning])
    expect(world.attempts(job)).toMatchObject([{ state: 'open', spotNoticeAt: world.clock.now }])
    await world.say([world.result(job, { outcome: 'retryable', reason: 'terminated' })])
    expect(world.attempts(job)).toMatchObject([{ state: 'retryable', because: 'spot-interruption' }])
  })
})

describe('the boot deadline', () => {
  const look = async (world: Stage): Promise<void> => {
    await sweep(world.deps)
    await world.drain()
  }

  it('no sign of life within bootMinutes: closed, its console kept, terminated', async () => {
    const world = stage(2, [row({ bootMinutes: 7, hangMinutes: 30 })])
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'run-1')
    const machine = machineOf(world, job)
    Object.assign(machine, { state: 'running', console: 'Kernel panic - not syncing' })
    // In a minute in which the sweep does not ask EC2.
    world.clock.now += 6 * MINUTE
    await look(world)
    expect(world.attempts(job)).toMatchObject([{ state: 'open' }])
    world.clock.now += MINUTE
    await look(world)
    expect(world.attempts(job)).toMatchObject([{ state: 'lost', because: 'boot-timeout' }])
    expect(world.answer('run-1')).toMatchObject({
      error: 'InstanceLost',
      cause: expect.stringContaining('boot-timeout'),
    })
    expect(world.state.results.get(`console/acme/${machine.instanceId}.txt`)).toBe('Kernel panic - not syncing')
    expect(machine.state).toBe('shutting-down')
  })

  it('a sign of life that came after the sweep’s look counts', async () => {
    const world = stage(2, [row({})])
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    live(world, job)
    await world.say([{ kind: 'instance', instanceId: machineOf(world, job).instanceId, state: 'boot-timeout' }])
    expect(world.attempts(job)).toMatchObject([{ state: 'open' }])
  })

  it('and so does a result', async () => {
    const world = stage(2, [row({})])
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    world.result(job)
    await world.say([{ kind: 'instance', instanceId: machineOf(world, job).instanceId, state: 'boot-timeout' }])
    expect(world.job(job).status).toBe('succeeded')
  })
})
