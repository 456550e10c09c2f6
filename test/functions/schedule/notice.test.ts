import { beforeEach, describe, expect, it } from 'vitest'
import { putPool, putRow } from '#adapters/memory/policy-tables'
import { notice } from '#functions/schedule/notice'
import { type Stage, stage } from '#test/functions/stage'

let world: Stage
beforeEach(() => {
  world = stage()
})

/** What was measured since the last question. */
const measured = () => world.measures.splice(0).map(({ metric, value, by }) => [metric, value, ...(by ? [by] : [])])
const at = (seconds: number) => new Date(1_790_000_100_000 + seconds * 1000).toISOString()
const pass = (seconds: number) => {
  world.clock.now += seconds * 1000
}

describe('what a decision makes known', () => {
  it('a file that arrives, waits, starts, runs and succeeds', async () => {
    const { job, event } = world.drop('acme/member/jan.834')
    await world.say([event])
    expect(measured()).toEqual([['Arrived', 1]])

    await world.say([world.parked(job)])
    expect(measured()).toEqual([
      ['Admitted', 1],
      ['WaitedSeconds', 0],
    ])
    await world.launch(job)
    pass(24)
    const instanceId = world.attempts(job)[0]?.instanceId
    await world.say([{ kind: 'instance', instanceId, state: 'running' }])
    expect(measured()).toContainEqual(['LaunchLatency', 24])
    pass(176)
    await world.say([world.result(job, { startedAt: at(50), endedAt: at(200) })])
    const end = measured()
    expect(end).toContainEqual(['Succeeded', 1])
    expect(end.find(([metric]) => metric === 'CostUsd')).toEqual(['CostUsd', expect.any(Number), 'acme'])
    const efficiency = end.find(([metric]) => metric === 'BurstEfficiency')?.[1]
    expect(efficiency).toBeGreaterThan(70)
    expect(efficiency).toBeLessThan(90)
  })

  it('a duplicate measures nothing', async () => {
    const { event } = world.drop('acme/member/jan.834')
    await world.say([event])
    measured()
    await world.say([event, event])
    expect(measured()).toEqual([])
  })

  it('how long a file waited for its turn', async () => {
    world = stage(1, [{ fileType: 'extra' }])
    await world.admit('acme/member/jan.834')
    const second = world.drop('acme/extra/a.csv')
    await world.say([second.event])
    await world.say([world.parked(second.job)])
    measured()
    pass(90)
    putPool(world.state.policies, { pool: 'p', maxVcpus: 8, maxInstances: 4 })
    await world.say([{ kind: 'pool-edited', pool: 'p', edit: '1' }])
    expect(measured()).toEqual([
      ['Admitted', 1],
      ['WaitedSeconds', 90],
    ])
  })

  it('a machine that dies is lost, its successor a retry', async () => {
    const job = await world.admit('acme/member/jan.834')
    await world.launch(job)
    measured()
    const instanceId = world.attempts(job)[0]?.instanceId
    await world.say([{ kind: 'instance', instanceId, state: 'terminated' }])
    expect(measured()).toEqual([
      ['CostUsd', expect.closeTo(0.0004, 4), 'acme'],
      ['BurstEfficiency', 0],
      ['Lost', 1],
    ])
    await world.launch(job, 'second machine')
    expect(measured()).toEqual([['Retried', 1, 'machine']])
  })

  it('a turn that EC2 could not serve is given back', async () => {
    const job = await world.admit('acme/member/jan.834')
    measured()
    await world.say([{ ...world.parked(job, 'again'), refusedTurn: 1 }])
    expect(measured()).toEqual([['CapacityRefused', 1]])
  })

  it('an unsound file is rejected; its owner’s retry is a retry', async () => {
    const { job, event } = world.drop('acme/member/jan.834')
    await world.say([event])
    measured()
    await world.say([{ kind: 'over', job, round: 1, error: 'UnsoundFile', cause: '{}' }])
    expect(measured()).toEqual([['Rejected', 1]])
    const asked = { kind: 'request', id: 'request-1', action: 'retry', job, who: 'an owner', why: 'mended' }
    await world.say([asked])
    expect(measured()).toEqual([['Retried', 1, 'owner']])
  })

  it('a round that fails', async () => {
    const { job, event } = world.drop('acme/member/jan.834')
    await world.say([event])
    measured()
    await world.say([{ kind: 'over', job, round: 1, error: 'AttemptsExhausted', cause: '' }])
    expect(measured()).toEqual([['Failed', 1]])
  })

  it('a row that is not in force', async () => {
    putRow(world.state.policies, { payerId: 'acme', fileType: '*', priority: 'high' })
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: '*', edit: '1' }])
    expect(measured()).toEqual([['InvalidRow', 1]])
    putRow(world.state.policies, { payerId: 'acme', fileType: '*', priority: 5 })
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: '*', edit: '2' }])
    expect(measured()).toEqual([])
  })

  it('a message that cannot be read is quarantined; a batch that cannot be decided comes again', async () => {
    await world.say(['nonsense'])
    expect(measured()).toEqual([['Quarantined', 1]])
    const commit = () => Promise.reject(new Error('the table is away'))
    const { event } = world.drop('acme/member/jan.834')
    await world.say([event], 1, { table: { ...world.deps.table, commit } })
    expect(measured()).toEqual([['Undecided', 1]])
  })

  it('one line for every job that moved: who, from where to where; never a key or a token', async () => {
    const job = await world.admit('acme/member/jan.834')
    const moved = world.lines.filter(({ sentence }) => sentence === 'a job moved').map(({ facts }) => facts)
    expect(moved).toEqual([
      { job, payer: 'acme', type: 'member', scope: 'acme', round: 1, turn: 0, to: 'validating' },
      { job, payer: 'acme', type: 'member', scope: 'acme', round: 1, turn: 1, from: 'validating', to: 'starting' },
    ])
    expect(JSON.stringify(moved)).not.toMatch(/jan\.834|-turn/)
  })

  it('never stops the scheduler', () => {
    const decision = { seq: 7, writes: [{ key: { pk: 'JOB#x', sk: 'STATE' }, value: 'not a job' }] }
    notice({ ...decision, fences: [], calls: [], quarantined: [], troubled: [], repaired: [] }, [], world.deps.log)
    expect(world.lines).toEqual([
      { level: 'warn', sentence: 'a decision was not measured', facts: { seq: 7, reason: expect.any(String) } },
    ])
  })
})
