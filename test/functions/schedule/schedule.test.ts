import { describe, expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { LANDING, stage } from '#test/functions/stage'

describe('schedule, over the life of files', () => {
  it('registers a file that landed and starts its execution, with ids only', async () => {
    const world = stage()
    const { job, event, version } = world.drop('acme/member/a.edi', 'ISA*SECRET')
    expect(await world.say([event])).toEqual({ batchItemFailures: [] })
    expect(world.job(job)).toMatchObject({ status: 'validating', payerId: 'acme', fileType: 'member', bytes: 10 })
    expect([...world.state.executions.executions]).toEqual([
      [
        world.job(job).execution,
        {
          ...{ job, round: 1, bucket: LANDING, key: 'acme/member/a.edi', version },
          ...{ payerId: 'acme', fileType: 'member' },
        },
      ],
    ])
    expect(world.itemsOf(keys.CALLS)).toEqual([])
    expect(world.state.schedule.jobs.get(job)).toMatchObject({ jobId: job, status: 'validating', versionId: version })
    expect(JSON.stringify(world.lines)).not.toContain('SECRET')
  })

  it.each([
    { how: 'in one batch', batches: [5] },
    { how: 'in five', batches: [1, 1, 1, 1, 1] },
  ])('the same event five times, $how: one job, one execution', async ({ batches }) => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a.edi')
    for (const size of batches) await world.say(Array(size).fill(event))
    expect([...world.state.schedule.jobs.keys()]).toEqual([job])
    expect(world.state.executions.executions.size).toBe(1)
    const scope = kinds.scope.schema.parse(world.itemsOf('SCOPE#acme')[0]?.value)
    expect(scope.types['member']).toMatchObject({ unfinished: 1 })
  })

  it('a file of an unknown payer is held without an execution, and moves when its row appears', async () => {
    const world = stage()
    const { job, event } = world.drop('newcomer/member/a.edi')
    await world.say([event])
    expect(world.job(job)).toMatchObject({ status: 'registered', because: 'unknown-payer' })
    expect(world.state.executions.executions.size).toBe(0)
    putRow(world.state.policies, { payerId: 'newcomer', fileType: '*', pool: 'p' })
    await world.say([{ kind: 'row-edited', payerId: 'newcomer', fileType: '*', edit: '1' }])
    await world.drain()
    expect(world.job(job)).toMatchObject({ status: 'validating' })
    expect(world.state.executions.executions.size).toBe(1)
    expect(await world.deps.tables.rows('newcomer')).toMatchObject([{ mayflyStatus: 'in force' }])
  })

  it('tells the editor what is wrong with a row', async () => {
    const world = stage()
    putRow(world.state.policies, { payerId: 'acme', fileType: 'claims', priority: 'first' })
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: 'claims', edit: '1' }])
    const rows = await world.deps.tables.rows('acme')
    expect(rows).toMatchObject([{}, { mayflyStatus: expect.stringContaining('priority') }])
    expect(world.state.policies.marked).toEqual(['acme/claims'])
  })

  it('claims wait for members, and go when those have succeeded', async () => {
    const world = stage()
    const claims = await world.admit('acme/claims/c.edi')
    const members = await world.admit('acme/member/m.edi')
    expect([world.job(claims).status, world.answer(`${claims}-turn`)]).toEqual(['waiting', undefined])
    expect(world.answer(`${members}-turn`)).toEqual({ output: { turn: 1, timeoutSeconds: expect.any(Number) } })
    await world.launch(members)
    expect(world.job(claims).status).toBe('waiting')
    await world.say([world.result(members)])
    expect(world.job(members)).toMatchObject({ status: 'succeeded', output: { names: ['out.json'] } })
    expect(world.answer(`${members}-run`)).toMatchObject({ output: { attempt: 1 } })
    expect(world.job(claims)).toMatchObject({ status: 'starting', turn: 1, ranAfter: { member: members } })
    expect(world.answer(`${claims}-turn`)).toMatchObject({ output: { turn: 1 } })
  })

  it('a full pool makes the next one wait until a machine is free', async () => {
    const world = stage(1, [{ payerId: 'acme', fileType: 'claims', after: [] }])
    const [first, second] = [await world.admit('acme/claims/1'), await world.admit('acme/claims/2')]
    await world.launch(first)
    expect(world.job(second).status).toBe('waiting')
    await world.say([world.result(first, { outcome: 'failed', reason: 'processor-exit', exitCode: 3 })])
    expect(world.answer(`${first}-run`)).toMatchObject({ error: 'ProcessorFailed' })
    expect(world.job(second).status).toBe('waiting')
    await world.say([{ kind: 'over', job: first, round: 1, error: 'ProcessorFailed', cause: 'exit 3' }])
    expect(world.job(first)).toMatchObject({ status: 'failed', because: 'ProcessorFailed' })
    expect(world.job(second).status).toBe('starting')
  })

  it('a machine that died without a result is replaced by the state machine, which hears InstanceLost', async () => {
    const world = stage()
    const job = await world.admit('acme/member/m.edi')
    await world.launch(job)
    const instanceId = world.attempts(job)[0]?.instanceId
    const died = {
      'detail-type': 'EC2 Instance State-change Notification',
      detail: { 'instance-id': instanceId, state: 'terminated' },
    }
    await world.say([died, died])
    expect(world.answer(`${job}-run`)).toMatchObject({ error: 'InstanceLost' })
    await world.launch(job, 'second-token')
    expect(world.attempts(job).map(({ state }) => state)).toEqual(['lost', 'open'])
    expect(world.state.machines.instances.size).toBe(2)
  })

  it('a death that overtakes the result of a success does not undo it', async () => {
    const world = stage()
    const job = await world.admit('acme/member/m.edi')
    await world.launch(job)
    const result = world.result(job)
    await world.say([{ kind: 'instance', instanceId: world.attempts(job)[0]?.instanceId, state: 'terminated' }])
    await world.say([result])
    expect(world.job(job).status).toBe('succeeded')
    expect(world.answer(`${job}-run`)).toMatchObject({ output: { attempt: 1 } })
  })
})

describe('the hourly audit', () => {
  it('finds nothing wrong beside messages of its batch that change what it counts', async () => {
    const world = stage()
    const [a, b] = [world.drop('acme/member/a'), world.drop('acme/member/b')]
    await world.say([a.event])
    await world.say([
      b.event,
      { kind: 'audit' },
      { kind: 'over', job: a.job, round: 1, error: 'UnsoundFile', cause: '' },
    ])
    expect(world.lines.filter(({ level }) => level !== 'info')).toEqual([])
  })
})
