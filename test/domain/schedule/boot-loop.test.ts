import { describe, expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import { openBooks } from '#domain/schedule/books'
import { explain } from '#domain/schedule/explain'
import { runPrefix } from '#domain/schedule/run-prefix'
import { think } from '#functions/think'
import { ROLE, type Stage, stage } from '#test/functions/stage'

const row = (fields: object = {}) => ({
  payerId: 'acme',
  fileType: 'member',
  ordered: false,
  bootFailures: 3,
  ...fields,
})

/** The machine of the job's latest attempt dies, before its script began or after. */
const die = async (world: Stage, job: string, lived = false): Promise<void> => {
  const instanceId = world.attempts(job).at(-1)?.instanceId ?? ''
  if (lived) world.state.results.set(`${runPrefix(ROLE, instanceId)}progress.json`, '{}')
  await world.say([{ kind: 'instance', instanceId, state: 'terminated' }])
}
const why = async (world: Stage, job: string) => think(explain(openBooks(world.clock.now, 0), job), world.deps)

/** Three boots of the payer in a row have failed, two of them of one file; another file waits behind a full pool. */
const looped = async () => {
  const world = stage(2, [row()])
  const [a, b, c] = [
    await world.admit('acme/member/a'),
    await world.admit('acme/member/b'),
    await world.admit('acme/member/c'),
  ]
  await world.launch(a, 'a-1')
  await die(world, a)
  await world.launch(b, 'b-1')
  await die(world, b)
  await world.launch(a, 'a-2')
  await die(world, a)
  return { world, a, b, c }
}

describe('boots that fail in a row', () => {
  it('hold the payer’s lanes, with a sentence that says where to look', async () => {
    const { world, a, b, c } = await looped()
    await world.launch(b, 'b-2')
    expect(world.answer('b-2')).toMatchObject({
      error: 'CapacityUnavailable',
      cause: expect.stringMatching(/^3 boots/),
    })
    await world.say([{ ...world.parked(b, 'b-turn'), refusedTurn: 1 }])
    await world.launch(a, 'a-3')
    await world.say([{ ...world.parked(a, 'a-turn'), refusedTurn: 1 }])
    // The pool is empty, and nobody starts.
    expect(world.itemsOf('POOL#p', 'STATE')).toMatchObject([{ value: { usedInstances: 0 } }])
    expect([a, b, c].map((job) => world.job(job).status)).toEqual(['waiting', 'waiting', 'waiting'])
    const last = world.attempts(a)[1]?.instanceId
    expect(await why(world, a)).toMatchObject({
      ...{ because: 'boot-loop', sentence: expect.stringContaining(`console/acme/${last}.txt`) },
      wouldLetItGo: expect.stringContaining('mayfly resume'),
    })
    expect(world.state.machines.instances.size).toBe(3)
  })

  it('resume counts anew, for all lanes of the payer', async () => {
    const { world, b } = await looped()
    await world.launch(b, 'b-2')
    await world.say([{ ...world.parked(b, 'b-turn'), refusedTurn: 1 }])
    world.clock.now += 15_000
    const request = { kind: 'request', action: 'resume', who: 'ann', why: 'the image is mended' }
    await world.say([{ ...request, id: 'request-1', lane: { scope: 'acme', type: 'member' } }])
    await world.drain()
    expect(world.job(b)).toMatchObject({ status: 'starting', turn: 2 })
    await world.launch(b, 'b-3')
    expect(world.attempts(b).at(-1)).toMatchObject({ state: 'open', instanceId: expect.any(String) })
    await world.say([{ ...request, id: 'request-2', lane: { scope: 'acme', type: 'member' } }])
    expect(world.itemsOf('REQUEST#request-2')).toMatchObject([{ value: { done: false } }])
  })

  it('so does an edited row', async () => {
    const { world, b } = await looped()
    await world.launch(b, 'b-2')
    await world.say([{ ...world.parked(b, 'b-turn'), refusedTurn: 1 }])
    world.clock.now += 15_000
    putRow(world.state.policies, row({ instanceTypes: ['t3.medium'] }))
    await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: 'member' }])
    expect(world.job(b)).toMatchObject({ status: 'starting', turn: 2 })
  })

  it('a machine that comes up lets the lanes of the payer’s other cycles go', async () => {
    const world = stage(3, [row({ scope: 'cycle', bootFailures: 2, attempts: 10 })])
    const [a, b] = [await world.admit('acme/member/c1/a'), await world.admit('acme/member/c2/b')]
    await world.launch(a, 'a-1')
    await world.launch(b, 'b-1')
    await die(world, a)
    await world.launch(a, 'a-2')
    await die(world, a)
    const c = await world.admit('acme/member/c3/c')
    expect(await why(world, c)).toMatchObject({ because: 'boot-loop' })
    await die(world, b, true)
    await world.drain()
    expect(world.job(c)).toMatchObject({ status: 'starting' })
  })

  it('a machine that comes up breaks the row, though it dies at work', async () => {
    const world = stage(2, [row({ attempts: 10 })])
    const job = await world.admit('acme/member/a')
    for (const lived of [false, false, true, false, false]) {
      await world.launch(job, `run-${world.attempts(job).length}`)
      await die(world, job, lived)
    }
    await world.launch(job, 'last')
    expect(world.attempts(job).at(-1)?.state).toBe('open')
    await die(world, job)
    await world.launch(job, 'held')
    expect(world.answer('held')).toMatchObject({ error: 'CapacityUnavailable' })
  })

  it('a result breaks it too', async () => {
    const world = stage(2, [row()])
    const job = await world.admit('acme/member/a')
    await world.launch(job, 'run-1')
    await die(world, job)
    await world.launch(job, 'run-2')
    await world.say([world.result(job)])
    expect(world.itemsOf('SCOPE#acme')).toMatchObject([{ value: { types: { member: { succeeded: 1 } } } }])
    expect(JSON.stringify(world.itemsOf('SCOPE#acme'))).not.toContain('boots')
  })

  it('of another payer hold nobody else', async () => {
    const { world } = await looped()
    putRow(world.state.policies, { payerId: 'bolt', fileType: '*', pool: 'q', graceSeconds: 0 })
    world.state.policies.pools.set('q', { pool: 'q', maxVcpus: 2, maxInstances: 1 })
    expect(world.job(await world.admit('bolt/member/a')).status).toBe('starting')
  })
})

describe('cycles', () => {
  it('a payer whose gates count by cycle is held in all of them', async () => {
    const world = stage(4, [row({ scope: 'cycle', bootFailures: 2 })])
    const [a, b] = [await world.admit('acme/member/c1/a'), await world.admit('acme/member/c2/b')]
    for (const job of [a, b]) {
      await world.launch(job)
      await die(world, job)
    }
    const c = await world.admit('acme/member/c3/c')
    expect([world.job(c).status, (await why(world, c))?.because]).toEqual(['waiting', 'boot-loop'])
    const request = { kind: 'request', id: 'request-1', action: 'resume', who: 'ann', why: 'mended' }
    await world.say([{ ...request, lane: { scope: 'acme#c1', type: 'member' } }])
    await world.drain()
    expect(world.job(c).status).toBe('starting')
  })
})
