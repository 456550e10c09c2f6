import { describe, expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import { candidatesOf } from '#domain/launching'
import { clientTokenOf } from '#functions/launch/machine-request'
import { stage } from '#test/functions/stage'

const lost = () => ({ error: 'TimeoutError', started: true })

describe('lesson 4: ClientToken', () => {
  it('has at most 64 characters, and is another for every attempt, round and zone: tokens are zonal', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    await world.launch(job)
    const [attempt] = world.attempts(job)
    if (!attempt) throw new Error('no attempt')
    const policy = { instanceTypes: ['t3.small', 'c7i.xlarge'], market: 'spot' as const, onDemandAfter: 1 }
    const candidates = candidatesOf(policy, ['subnet-a', 'subnet-b'], 1, 0)
    const again = [attempt, { ...attempt, attempt: 2 }, { ...attempt, round: 2 }]
    const tokens = again.flatMap((each) => candidates.map((candidate) => clientTokenOf(each, candidate)))
    expect(candidates).toHaveLength(8)
    expect(new Set(tokens).size).toBe(24)
    for (const token of tokens) expect(token.length).toBeLessThanOrEqual(64)
  })

  it('carries the same parameters after an edit of the row: what was asked first is asked again', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    world.state.machines.fault = lost
    await world.launch(job, 'run-1')
    putRow(world.state.policies, { payerId: 'acme', fileType: 'member', diskGiB: 77, instanceTypes: ['t3.medium'] })
    await world.launch(job, 'run-2')
    const [machine, ...others] = world.state.machines.instances.values()
    expect(others).toEqual([])
    expect(world.attempts(job)).toMatchObject([{ instanceId: machine?.instanceId, tokens: ['run-1', 'run-2'] }])
  })

  it('that EC2 knows with other parameters (a deployment came between) is looked up, and its machine is ours', async () => {
    const world = stage()
    const job = await world.admit('acme/member/a')
    world.state.machines.fault = lost
    await world.launch(job, 'run-1')
    await world.launch(job, 'run-2', { startupScript: '#!/bin/bash\necho newer\n' })
    expect(world.state.machines.instances.size).toBe(1)
    expect(world.attempts(job)).toMatchObject([{ instanceId: [...world.state.machines.instances.keys()][0] }])
  })
})
