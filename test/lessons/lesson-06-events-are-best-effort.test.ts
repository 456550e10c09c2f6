import { describe, expect, it } from 'vitest'
import { sweep } from '#functions/sweep/sweep'
import { stage } from '#test/functions/stage'

const atWork = async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  const [machine] = world.state.machines.instances.values()
  if (!machine) throw new Error('no machine')
  return { world, job, machine }
}

describe('lesson 6: EC2 and Step Functions may say nothing, and S3 says it late', () => {
  it.each(['terminated', 'stopped'])('"%s" heard before "result written": S3 is looked at first', async (state) => {
    const { world, job, machine } = await atWork()
    world.result(job)
    await world.say([{ kind: 'instance', instanceId: machine.instanceId, state }])
    expect(world.job(job).status).toBe('succeeded')
    expect(world.answer(`${job}-run`)).toMatchObject({ output: { attempt: 1 } })
  })

  it('a result of which no event ever comes is found within one sweep', async () => {
    const { world, job } = await atWork()
    world.result(job)
    world.clock.now += 300_000
    await sweep(world.deps)
    await world.drain()
    expect(world.job(job).status).toBe('succeeded')
  })

  it('a death of which no event ever comes is found within one sweep', async () => {
    const { world, job, machine } = await atWork()
    machine.state = 'terminated'
    world.clock.now += 300_000
    await sweep(world.deps)
    await world.drain()
    expect(world.answer(`${job}-run`)).toMatchObject({ error: 'InstanceLost' })
  })

  it('an execution whose end nobody tells is found within one sweep', async () => {
    const { world, job } = await atWork()
    const [name = ''] = world.state.executions.executions.keys()
    world.state.executions.ended.push({ name, status: 'ABORTED', endedAt: world.clock.now })
    world.clock.now += 300_000
    await sweep(world.deps)
    await world.drain()
    expect(world.job(job)).toMatchObject({ status: 'failed', because: 'stopped-by-hand' })
  })
})
