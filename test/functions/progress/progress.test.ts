import { describe, expect, it } from 'vitest'
import { runPrefix } from '#domain/schedule/run-prefix'
import { Input, progress } from '#functions/progress/progress'
import { ROLE, stage } from '#test/functions/stage'

const written = {
  job: 'another',
  round: 9,
  attempt: 9,
  at: '2026-09-21T10:00:00Z',
  phase: 'run',
  percent: 40,
  bytesRead: 512,
  bytesTotal: 2048,
  cpuSeconds: 3.5,
  memoryBytes: 1024,
  load: 0.5,
}

/** A job at work, and what its machine writes as progress. */
const atWork = async (text = JSON.stringify(written)) => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  const instanceId = world.attempts(job)[0]?.instanceId ?? ''
  const key = `${runPrefix(ROLE, instanceId)}progress.json`
  world.state.results.set(key, text)
  const hear = (name = key) => progress(Input.parse({ detail: { object: { key: name } } }), world.deps)
  return {
    world,
    job,
    instanceId,
    hear,
    shown: () => world.itemsOf(`JOB#${job}`, 'PROGRESS').map(({ value }) => value),
  }
}

describe('progress', () => {
  it('stands beside the job that its instance works for, whatever the body says', async () => {
    const { hear, shown, instanceId, world } = await atWork()
    await hear()
    const { at, phase, percent, bytesRead, bytesTotal, cpuSeconds, memoryBytes, load } = written
    const facts = { at, phase, percent, bytesRead, bytesTotal, cpuSeconds, memoryBytes, load }
    const spokeAt = Date.parse(at)
    expect(shown()).toEqual([{ round: 1, attempt: 1, instanceId, ...facts, spokeAt, movedAt: spokeAt }])
    expect(world.itemsOf('JOB#another')).toEqual([])
  })

  it('is replaced by the next', async () => {
    const { hear, shown, world, instanceId } = await atWork()
    await hear()
    world.state.results.set(
      `${runPrefix(ROLE, instanceId)}progress.json`,
      JSON.stringify({ ...written, at: '2026-09-21T10:02:00Z', percent: null }),
    )
    await hear()
    expect(shown()).toMatchObject([{ percent: null }])
  })

  it.each([
    { what: 'a body that is none', text: '{"percent":"half"}' },
    { what: 'an object that is gone', text: undefined },
  ])('$what is passed over', async ({ text }) => {
    const { hear, shown, world } = await atWork(text)
    if (text === undefined) world.state.results.clear()
    await hear()
    expect(shown()).toEqual([])
    expect(world.lines.some(({ level }) => level === 'warn')).toBe(text !== undefined)
  })

  it.each([
    { what: 'an instance that nobody recorded', key: `runs/${ROLE}:i-0dead/progress.json` },
    { what: 'a key outside of the runs', key: 'reports/j/progress.json' },
  ])('of $what is passed over', async ({ key }) => {
    const { hear, world } = await atWork()
    world.state.results.set(key, JSON.stringify(written))
    const before = JSON.stringify([...world.state.schedule.partitions.keys()])
    await hear(key)
    expect(JSON.stringify([...world.state.schedule.partitions.keys()])).toBe(before)
  })

  it('does not touch what the scheduler decides by', async () => {
    const { hear, world, job } = await atWork()
    const before = [world.job(job), world.itemsOf('SHARD#main')]
    await hear()
    expect([world.job(job), world.itemsOf('SHARD#main')]).toEqual(before)
  })
})
