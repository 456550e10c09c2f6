import { describe, expect, it } from 'vitest'
import { Superseded } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'
import { awsError, type Stage, stage } from '#test/functions/stage'

const twoTypes = { payerId: 'acme', fileType: 'member', instanceTypes: ['t3.small', 't3.medium'] }

/** A world where EC2 refuses by what is asked: `t3.small/subnet-a` → an error's name. */
const refusing = async (refusals: Record<string, string>) => {
  const world = stage(2, [twoTypes])
  const asked: string[] = []
  world.state.machines.fault = ({ candidate: { instanceType, subnet } }) => {
    const name = `${instanceType}/${subnet}`
    asked.push(name)
    const error = refusals[name] ?? refusals['*']
    return error === undefined ? undefined : { error }
  }
  const job = await world.admit('acme/member/a')
  return { world, asked, job }
}
const all = ['t3.small/subnet-a', 't3.small/subnet-b', 't3.medium/subnet-a', 't3.medium/subnet-b']
const THREE_MINUTES = 180_000
const stateOf = (world: Stage, job: string) => world.attempts(job).map(({ state, candidate }) => ({ state, candidate }))

describe('runMachine', () => {
  it('goes on to the next candidate when EC2 has no capacity for one', async () => {
    const refusals = { 't3.small/subnet-a': 'InsufficientInstanceCapacity', 't3.small/subnet-b': 'Unsupported' }
    const { world, asked, job } = await refusing(refusals)
    await world.launch(job)
    expect(asked).toEqual(all.slice(0, 3))
    expect(stateOf(world, job)).toEqual([{ state: 'open', candidate: 2 }])
    expect(world.state.machines.instances.size).toBe(1)
  })

  it('refused everywhere: the attempt is closed, the turn given back, and asked again after a pause', async () => {
    const { world, asked, job } = await refusing({ '*': 'InsufficientInstanceCapacity' })
    await world.launch(job, 'run-1')
    expect(asked).toEqual(all)
    expect(stateOf(world, job)).toEqual([{ state: 'refused', candidate: 4 }])
    expect(world.itemsOf(keys.OPEN)).toEqual([])
    expect(world.answer('run-1')).toMatchObject({ error: 'CapacityUnavailable' })

    await world.say([{ ...world.parked(job, 'turn-2'), refusedTurn: 1 }])
    expect([world.job(job).status, world.answer('turn-2')]).toEqual(['waiting', undefined])
    const [due] = world.itemsOf(keys.DUE)
    world.clock.now = Number(due?.sk.split('#')[0])
    world.state.machines.fault = () => undefined
    await world.say([{ kind: 'due', sk: due?.sk, scope: 'acme' }])
    expect(world.answer('turn-2')).toMatchObject({ output: { turn: 2 } })
    world.clock.now += THREE_MINUTES
    await world.launch(job, 'run-2')
    expect(stateOf(world, job)).toEqual([
      { state: 'refused', candidate: 4 },
      { state: 'open', candidate: 0 },
    ])
    // The second attempt meets another zone first.
    expect([...world.state.machines.instances.values()][0]?.request.candidate.subnet).toBe('subnet-b')
  })

  it('refusals use up no attempts of the policy', async () => {
    const { world, job } = await refusing({ '*': 'InsufficientInstanceCapacity' })
    for (let turn = 1; turn <= 5; turn += 1) {
      await world.launch(job, `run-${turn}`)
      expect(world.answer(`run-${turn}`)).toMatchObject({ error: 'CapacityUnavailable' })
      await world.say([{ ...world.parked(job, `turn-${turn}`), refusedTurn: turn }])
      const [due] = world.itemsOf(keys.DUE)
      world.clock.now = Number(due?.sk.split('#')[0])
      await world.say([{ kind: 'due', sk: due?.sk, scope: 'acme' }])
      expect(world.job(job)).toMatchObject({ status: 'starting', turn: turn + 1 })
    }
  })

  it.each(['RequestLimitExceeded', 'InternalError', 'TimeoutError', 'ServiceUnavailable'])(
    '%s: the same candidate again, by the state machine',
    async (error) => {
      const { world, asked, job } = await refusing({ 't3.small/subnet-a': error })
      await world.launch(job, 'run-1')
      expect(world.answer('run-1')).toMatchObject({ error: 'LaunchUnclear', cause: expect.stringContaining(error) })
      expect(stateOf(world, job)).toEqual([{ state: 'open', candidate: 0 }])
      world.state.machines.fault = () => undefined
      await world.launch(job, 'run-2')
      expect(asked).toEqual(all.slice(0, 1))
      expect(world.attempts(job)).toMatchObject([{ candidate: 0, tokens: ['run-1', 'run-2'] }])
    },
  )

  it('an error that is in no table is final: the attempt is closed and a person must look', async () => {
    const { world, asked, job } = await refusing({ 't3.small/subnet-a': 'InvalidLaunchTemplateId.NotFound' })
    await world.launch(job, 'run-1')
    expect(asked).toEqual(all.slice(0, 1))
    expect(stateOf(world, job)).toEqual([{ state: 'refused', candidate: 0 }])
    expect(world.answer('run-1')).toMatchObject({
      ...{ error: 'LaunchRejected', cause: expect.stringContaining('InvalidLaunchTemplateId.NotFound') },
    })
  })

  it.each([
    {
      what: 'the round ended meanwhile',
      news: (job: string) => ({ kind: 'over', job, round: 1, error: 'States.Timeout' }),
    },
    {
      what: 'the owner deleted the file',
      news: () => ({ kind: 'deleted', bucket: 'landing', key: 'acme/member/a', sequencer: '9' }),
    },
  ])('an instance that comes too late, because $what, is terminated and not recorded', async ({ news }) => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    const run: typeof world.deps.machines.run = async (request) => {
      await world.say([news(job)])
      return world.deps.machines.run(request)
    }
    await world.launch(job, 'run-1', { machines: { ...world.deps.machines, run } })
    const [machine] = world.state.machines.instances.values()
    expect(machine?.state).toBe('shutting-down')
    expect(world.itemsOf(`INSTANCE#${machine?.instanceId}`)).toEqual([])
    expect(world.attempts(job)).toMatchObject([{ state: 'stopped' }])
    expect(world.itemsOf(keys.OPEN)).toEqual([])
    expect([...world.state.results.keys()].filter((key) => key.endsWith('manifest'))).toEqual([])
    // Its tokens were told by the transaction that closed it.
    expect(world.answer('run-1')).toMatchObject({ error: expect.stringMatching(/RoundIsOver|JobStopped/) })
  })

  it('a crash after EC2’s answer and before its record: the next token finds the same machine', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    let writes = 0
    const writeAttempt: typeof world.deps.table.writeAttempt = async (write) => {
      if (++writes === 2) throw awsError('Crash')
      return world.deps.table.writeAttempt(write)
    }
    await world.launch(job, 'run-1', { table: { ...world.deps.table, writeAttempt } })
    expect(world.attempts(job)[0]?.instanceId).toBeUndefined()
    await world.launch(job, 'run-2')
    expect(world.attempts(job)[0]?.instanceId).toBe([...world.state.machines.instances.keys()][0])
    expect(world.state.machines.instances.size).toBe(1)
  })

  it('two tokens at once, the first slow: one machine, recorded, alive, and both tokens are told of it', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    const run: typeof world.deps.machines.run = async (request) => {
      const instanceId = await world.deps.machines.run(request)
      await world.launch(job, 'run-2')
      return instanceId
    }
    await world.launch(job, 'run-1', { machines: { ...world.deps.machines, run } })
    const [machine, ...others] = world.state.machines.instances.values()
    expect([machine?.state, others]).toEqual(['pending', []])
    expect(world.attempts(job)).toMatchObject([
      { state: 'open', instanceId: machine?.instanceId, tokens: ['run-1', 'run-2'] },
    ])
    await world.say([world.result(job)])
    for (const token of ['run-1', 'run-2']) expect(world.answer(token)).toMatchObject({ output: { attempt: 1 } })
  })

  it('a token that was added while EC2 worked does not keep the machine from being recorded', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    const run: typeof world.deps.machines.run = async (request) => {
      const instanceId = await world.deps.machines.run(request)
      const unclear = { ...world.deps.machines, run: () => Promise.reject(awsError('TimeoutError')) }
      await world.launch(job, 'run-2', { machines: unclear })
      return instanceId
    }
    await world.launch(job, 'run-1', { machines: { ...world.deps.machines, run } })
    const [machine] = world.state.machines.instances.values()
    expect(machine?.state).toBe('pending')
    expect(world.attempts(job)).toMatchObject([{ instanceId: machine?.instanceId, tokens: ['run-1', 'run-2'] }])
  })

  it.each([
    { conflicts: 1, answer: undefined, instances: ['pending'] },
    { conflicts: 99, answer: { error: 'Superseded' }, instances: ['pending'] },
  ])(
    '$conflicts conflicts with another transaction do not end the machine',
    async ({ conflicts, answer, instances }) => {
      const world = stage()
      const job = await world.admit('acme/member/a')
      let left = conflicts
      const writeAttempt: typeof world.deps.table.writeAttempt = async (write) => {
        if (write.instanceId !== undefined && left-- > 0) throw new Superseded('TransactionConflict')
        return world.deps.table.writeAttempt(write)
      }
      await world.launch(job, 'run-1', { table: { ...world.deps.table, writeAttempt } })
      expect([...world.state.machines.instances.values()].map(({ state }) => state)).toEqual(instances)
      if (answer) expect(world.answer('run-1')).toMatchObject(answer)
      else expect(world.answer('run-1')).toBeUndefined()
      await world.launch(job, 'run-2')
      expect(world.attempts(job)).toMatchObject([{ state: 'open', instanceId: expect.any(String) }])
      expect(world.state.machines.instances.size).toBe(1)
    },
  )
})
