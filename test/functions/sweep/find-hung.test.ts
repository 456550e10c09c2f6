import { describe, expect, it } from 'vitest'
import { runPrefix } from '#domain/schedule/run-prefix'
import { Input, progress } from '#functions/progress/progress'
import { findHung } from '#functions/sweep/find-hung'
import { ROLE, stage } from '#test/functions/stage'

const MINUTE = 60_000

/** A job at work whose machine says what the test wants; minutes count from its launch. */
const atWork = async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  const instanceId = world.attempts(job)[0]?.instanceId ?? ''
  const began = world.clock.now
  const key = `${runPrefix(ROLE, instanceId)}progress.json`
  /** Writes a report; `heard`: its event comes. */
  const says = async (minute: number, change: object = {}, heard = true) => {
    world.clock.now = began + minute * MINUTE
    const at = new Date(world.clock.now).toISOString()
    const body = { at, phase: 'run', percent: null, bytesRead: 5, cpuSeconds: 3, memoryBytes: 1, ...change }
    world.state.results.set(key, JSON.stringify(body))
    if (heard) await progress(Input.parse({ detail: { object: { key } } }), world.deps)
  }
  const look = async (minute: number) => {
    world.clock.now = began + minute * MINUTE
    const found = await findHung(world.deps, world.clock.now)
    return { found: found.hung, neverBooted: found.neverBooted, said: world.heard().map(({ message }) => message) }
  }
  return { world, job, instanceId, says, look }
}

describe('findHung', () => {
  it('finds a processor that does nothing more; the attempt ends, the machine too, and the next one is launched', async () => {
    const { world, job, instanceId, says, look } = await atWork()
    for (const minute of [0, 2, 4, 6]) await says(minute)
    expect(await look(5.9)).toEqual({ found: 0, neverBooted: 0, said: [] })
    const { found, said } = await look(6)
    expect(found).toBe(1)
    expect(said).toMatchObject([{ kind: 'instance', instanceId, state: 'hung' }])
    await world.say(said)
    expect(world.attempts(job)).toMatchObject([{ state: 'lost', error: 'InstanceLost' }])
    expect(world.answer(`${job}-run`)).toMatchObject({ error: 'InstanceLost' })
    expect(world.state.machines.instances.get(instanceId)?.state).toMatch(/shutting-down|terminated/)
    expect(await look(7)).toEqual({ found: 0, neverBooted: 0, said: [] })
  })

  it('finds a machine that says nothing more', async () => {
    const { instanceId, says, look } = await atWork()
    await says(1, { phase: 'fetch' })
    expect((await look(6.9)).found).toBe(0)
    expect((await look(7)).said).toMatchObject([{ instanceId, state: 'silent' }])
  })

  it('believes S3 where events are lost', async () => {
    const { says, look } = await atWork()
    await says(0)
    for (const minute of [2, 4, 6, 8, 10, 12]) await says(minute, { bytesRead: minute * 100 }, false)
    expect(await look(12.5)).toEqual({ found: 0, neverBooted: 0, said: [] })
    await says(14, { bytesRead: 1200 }, false)
    expect((await look(16)).found).toBe(0)
    await says(18, { bytesRead: 1200 }, false)
    expect((await look(18.1)).said).toMatchObject([{ state: 'hung' }])
  })

  it.each([
    { what: 'reads', change: (minute: number) => ({ bytesRead: minute }) },
    { what: 'computes', change: (minute: number) => ({ cpuSeconds: minute * 60 }) },
    { what: 'says a percentage', change: (minute: number) => ({ percent: minute }) },
    { what: 'uploads', change: () => ({ phase: 'upload' }) },
  ])('leaves a machine alone that $what', async ({ change }) => {
    const { says, look } = await atWork()
    for (let minute = 0; minute <= 40; minute += 2) {
      await says(minute, change(minute))
      expect((await look(minute)).found).toBe(0)
    }
  })

  it('leaves who never gave a sign of life to the boot deadline, and announces it at once', async () => {
    const { look } = await atWork()
    expect(await look(9.9)).toEqual({ found: 0, neverBooted: 0, said: [] })
    expect(await look(10)).toMatchObject({ found: 0, neverBooted: 1, said: [{ state: 'boot-timeout', swept: true }] })
  })

  it('takes any report for a sign of life, one that it cannot read too', async () => {
    const { world, instanceId, look } = await atWork()
    world.state.results.set(`${runPrefix(ROLE, instanceId)}progress.json`, '{"another":"script"}')
    expect(await look(60)).toEqual({ found: 0, neverBooted: 0, said: [] })
  })

  it('does not take the silence of the machine before for that of this one', async () => {
    const { world, job, says, look } = await atWork()
    await says(0)
    await says(6)
    await world.say((await look(6)).said)
    await world.launch(job, 'again')
    expect(world.attempts(job)).toHaveLength(2)
    expect((await look(20)).found).toBe(0)
  })

  it('a result in S3 wins over the judgement', async () => {
    const { world, job, says, look } = await atWork()
    await says(0)
    await says(6)
    const { said } = await look(6)
    world.result(job)
    await world.say(said)
    expect(world.job(job).status).toBe('succeeded')
  })
})
