import { describe, expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import * as keys from '#domain/schedule/keys'
import { type Stage, stage } from '#test/functions/stage'

const NO_CAPACITY = 'InsufficientInstanceCapacity'
const ARM = 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'

/** What EC2 is asked, in order, and what it refuses: by `type market subnet`, or everything. */
const asking = (world: Stage, refusals: Record<string, string>): { asked: string[]; at: number[] } => {
  const seen = { asked: [] as string[], at: [] as number[] }
  world.state.machines.fault = ({ candidate: { instanceType, market, subnet } }) => {
    const name = `${instanceType} ${market} ${subnet}`
    seen.asked.push(name)
    seen.at.push(world.clock.now)
    const error = refusals[name] ?? refusals['*']
    return error === undefined ? undefined : { error }
  }
  return seen
}
const requests = (world: Stage) => [...world.state.machines.instances.values()].map(({ request }) => request)
const row = (fields: object) => ({ payerId: 'acme', fileType: 'member', ordered: false, ...fields })

describe('what EC2 has refused', () => {
  it('is not asked again by anybody for three minutes', async () => {
    const world = stage(4, [row({})])
    const { asked } = asking(world, { 't3.small on-demand subnet-a': NO_CAPACITY })
    const [first, second] = [await world.admit('acme/member/a'), await world.admit('acme/member/b')]
    await world.launch(first)
    await world.launch(second)
    const [a, b] = ['t3.small on-demand subnet-a', 't3.small on-demand subnet-b']
    expect(asked).toEqual([a, b, b])
    world.clock.now += 180_000
    await world.launch(await world.admit('acme/member/c'))
    expect(asked.slice(3)).toEqual([a, b])
  })

  it('all of it: a burst gives its turns back without asking, and without a trace', async () => {
    const world = stage(4, [row({})])
    const { asked } = asking(world, { '*': 'VcpuLimitExceeded' })
    const [first, second] = [await world.admit('acme/member/a'), await world.admit('acme/member/b')]
    await world.launch(first, 'run-1')
    // The quota of a market: one question for both subnets.
    expect(asked).toEqual(['t3.small on-demand subnet-a'])
    await world.launch(second, 'run-2')
    expect(asked).toHaveLength(1)
    expect(world.answer('run-2')).toMatchObject({
      ...{ error: 'CapacityUnavailable', cause: expect.stringContaining('in the last minutes') },
    })
    expect(world.attempts(second)).toEqual([])
    await world.say([{ ...world.parked(second, 'turn-2'), refusedTurn: 1 }])
    expect(world.job(second).status).toBe('waiting')
  })

  it('is asked for at the pace of EC2: five invocations at once ask twice a second at most', async () => {
    const world = stage(1, [row({ instanceTypes: ['t3.small', 't3.medium', 'm7i.large'] })])
    const { at } = asking(world, { '*': NO_CAPACITY })
    await world.launch(await world.admit('acme/member/a'))
    const gaps = at.slice(1).map((each, n) => each - (at[n] ?? 0))
    expect(gaps).toHaveLength(5)
    expect(Math.min(...gaps)).toBe(2500)
    expect((5 * 1000) / Math.min(...gaps)).toBe(2)
  })

  it('an invocation stops in time; the next goes on where it was', async () => {
    const types = ['t3.small', 't3.medium', 'm7i.large', 'm7i.xlarge', 'c7i.xlarge', 'c7i.2xlarge', 'r7i.2xlarge']
    const world = stage(16, [row({ instanceTypes: types, market: 'spot', onDemandAfter: 2 })])
    const { asked } = asking(world, { '*': NO_CAPACITY })
    const subnets = ['subnet-a', 'subnet-b', 'subnet-c']
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'run-1', { subnets })
    expect(world.answer('run-1')).toMatchObject({ error: 'LaunchUnclear' })
    expect(asked).toHaveLength(33)
    await world.launch(job, 'run-2', { subnets })
    expect(world.answer('run-2')).toMatchObject({ error: 'CapacityUnavailable' })
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked).toHaveLength(types.length * subnets.length * 2)
  })

  it('a round with more refused turns than a page holds goes on counting', async () => {
    const world = stage(1, [row({})])
    asking(world, { '*': NO_CAPACITY })
    const job = await world.admit('acme/member/a')
    for (let turn = 1; turn <= 60; turn += 1) {
      await world.launch(job, `run-${turn}`)
      await world.say([{ ...world.parked(job, `turn-${turn}`), refusedTurn: turn }])
      world.clock.now += 300_000
      const [due] = world.itemsOf(keys.DUE)
      await world.say([{ kind: 'due', sk: due?.sk, scope: 'acme' }])
    }
    expect(world.attempts(job)).toHaveLength(60)
    world.state.machines.fault = () => undefined
    await world.launch(job, 'run-61')
    expect(world.attempts(job)[60]).toMatchObject({ state: 'open', attempt: 61, instanceId: expect.any(String) })
  })
})

describe('a client token that EC2 had with other parameters', () => {
  it('the machine that it started is ours', async () => {
    const world = stage(1, [row({})])
    const job = await world.admit('acme/member/a')
    world.state.machines.fault = () => ({ error: 'TimeoutError', started: true })
    await world.launch(job, 'run-1')
    expect(world.answer('run-1')).toMatchObject({ error: 'LaunchUnclear' })
    // A deployment between two asks: another script.
    await world.launch(job, 'run-2', { startupScript: '#!/bin/bash\necho another\n' })
    const [machine] = world.state.machines.instances.values()
    expect(world.state.machines.instances.size).toBe(1)
    expect(world.attempts(job)).toMatchObject([{ state: 'open', instanceId: machine?.instanceId }])
    expect(machine?.state).toBe('pending')
    expect(world.itemsOf(`INSTANCE#${machine?.instanceId}`)).toHaveLength(1)
  })

  it('and EC2 does not show it yet: asked again later, nothing else is started', async () => {
    const world = stage(1, [row({})])
    const job = await world.admit('acme/member/a')
    world.state.machines.fault = () => ({ error: 'IdempotentParameterMismatch' })
    await world.launch(job, 'run-1')
    expect(world.answer('run-1')).toMatchObject({ error: 'LaunchUnclear' })
    expect(world.attempts(job)).toMatchObject([{ state: 'open', candidate: 0 }])
  })
})

describe('what a row says of instances', () => {
  it('the shape of the file’s size: type, disk, market, time', async () => {
    const shapes = [
      { upToMiB: 1, instanceTypes: ['t3a.nano'] },
      { instanceTypes: ['m7i.xlarge'], diskGiB: 99, market: 'spot', maxRunMinutes: 90 },
    ]
    const world = stage(4, [row({ shapes })])
    for (const [key, bytes] of [
      ['acme/member/small', 1024 * 1024],
      ['acme/member/large', 1024 * 1024 + 1],
    ] as const) {
      const { job, event } = world.drop(key, bytes)
      await world.say([event])
      await world.say([world.parked(job)])
      await world.launch(job)
    }
    expect(requests(world)).toMatchObject([
      { candidate: { instanceType: 't3a.nano', market: 'on-demand' }, diskGiB: 20 },
      { candidate: { instanceType: 'm7i.xlarge', market: 'spot' }, diskGiB: 99 },
    ])
    expect(world.itemsOf('POOL#p', 'STATE')).toMatchObject([{ value: { usedVcpus: 2 + 4, usedInstances: 2 } }])
    expect(requests(world).map(({ userData }) => /MAYFLY_RUN_SECONDS='(\d+)'/.exec(userData)?.[1])).toEqual([
      '3600',
      '5400',
    ])
  })

  it('its tags stand beside ours; its image, or Amazon’s of the architecture', async () => {
    const world = stage(4, [row({ instanceTypes: ['m7g.large', 'm7i.large'], tags: { CostCentre: '42' } })])
    asking(world, { 'm7g.large on-demand subnet-b': NO_CAPACITY })
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    const [request] = requests(world)
    expect(request).toMatchObject({ image: ARM, tags: { CostCentre: '42', app: 'mayfly', job } })
    expect(world.attempts(job)[0]?.request).toMatchObject({ tags: { CostCentre: '42' }, bootMinutes: 10 })
  })

  it('its image comes with where that has its root disk; without an image of the row, nothing is said of it', async () => {
    const image = 'ami-0123456789abcdef0'
    for (const [given, asked] of [
      [
        { image, rootDevice: '/dev/sda1' },
        { image, rootDevice: '/dev/sda1' },
      ],
      [{ image }, { image }],
      [{ rootDevice: '/dev/sda1' }, {}],
    ]) {
      const world = stage(4, [row({ instanceTypes: ['m7i.large'], ...given })])
      await world.launch(await world.admit('acme/member/a'))
      const [{ image: imageAsked, rootDevice } = {}] = requests(world)
      expect({ image: imageAsked, rootDevice }).toEqual({ image: undefined, rootDevice: undefined, ...asked })
    }
  })

  it('an instance that the processor does not run on is not asked for; where none is left, a person is told', async () => {
    const world = stage(4, [row({ instanceTypes: ['m7g.large', 'm7i.large'] })])
    const pushed = world.state.processors.get('members')
    if (!pushed) throw new Error('no processor')
    world.state.processors.set('members', { ...pushed, architectures: ['x86_64'] })
    await world.launch(await world.admit('acme/member/a'))
    expect(requests(world).map(({ candidate }) => candidate.instanceType)).toEqual(['m7i.large'])
    world.state.processors.set('members', { ...pushed, architectures: [] })
    await world.launch(await world.admit('acme/member/b'), 'run-b')
    expect(world.answer('run-b')).toMatchObject({
      ...{ error: 'LaunchRejected', cause: expect.stringContaining('m7g.large, m7i.large') },
    })
  })

  it('more than was admitted, edited meanwhile: the turn is given back, nothing starts', async () => {
    const world = stage(2, [row({})])
    const job = await world.admit('acme/member/a')
    putRow(world.state.policies, row({ instanceTypes: ['m7i.xlarge'] }))
    await world.launch(job, 'run-1')
    expect(world.answer('run-1')).toMatchObject({
      ...{ error: 'CapacityUnavailable', cause: 'its row now asks for 4 vCPUs; 2 were admitted' },
    })
    expect(world.state.machines.instances.size).toBe(0)
  })
})
