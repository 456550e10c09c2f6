import { describe, expect, it } from 'vitest'
import { findExecutions } from '#functions/sweep/find-executions'
import { type Stage, stage } from '#test/functions/stage'

type Status = Stage['state']['executions']['ended'][number]['status']

/** A job at work whose execution ended, so many milliseconds ago. */
const endedAgo = async (status: Status, ago: number, name?: string) => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  world.state.executions.ended.push({
    name: name ?? world.job(job).execution ?? '',
    ...{ status, endedAt: world.clock.now - ago },
  })
  return { world, job }
}

describe('findExecutions', () => {
  it.each<{ status: Status; because: string }>([
    { status: 'ABORTED', because: 'stopped-by-hand' },
    { status: 'FAILED', because: 'FAILED' },
    { status: 'TIMED_OUT', because: 'TIMED_OUT' },
  ])('$status, and nobody heard it: the job ends as $because', async ({ status, because }) => {
    const { world, job } = await endedAgo(status, 120_001)
    expect(await findExecutions(world.deps, world.clock.now)).toBe(1)
    await world.drain()
    expect(world.job(job)).toMatchObject({ status: 'failed', because })
    expect(await findExecutions(world.deps, world.clock.now)).toBe(0)
  })

  it.each([
    { what: 'that ended just now', ago: 120_000, name: undefined },
    { what: 'that is not ours', ago: 600_000, name: 'somebody-elses' },
    { what: 'of a job that nobody knows', ago: 600_000, name: `acme-member-a-${'0'.repeat(24)}-r1` },
  ])('passes over one $what', async ({ ago, name }) => {
    const { world } = await endedAgo('FAILED', ago, name)
    expect(await findExecutions(world.deps, world.clock.now)).toBe(0)
    expect(world.heard()).toEqual([])
  })

  it('passes over a round that is over', async () => {
    const { world, job } = await endedAgo('FAILED', 600_000)
    await world.say([{ kind: 'over', job, round: 1, error: 'Any' }])
    expect(await findExecutions(world.deps, world.clock.now)).toBe(0)
  })

  it('passes over another round of a job that is at work', async () => {
    const { world, job } = await endedAgo('FAILED', 600_000, 'somebody-elses')
    const name = world.job(job).execution?.replace(/-r1$/, '-r2') ?? ''
    world.state.executions.ended.push({ name, status: 'FAILED', endedAt: 0 })
    expect(await findExecutions(world.deps, world.clock.now)).toBe(0)
  })
})
