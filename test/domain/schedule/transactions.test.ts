import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { jobOf, landed, launch, parked, resultWritten, writeResult } from '#test/support/file-life'
import { actionsOf, MAX_ACTIONS, type MemoryWorld, memoryWorld } from '#test/support/memory-world'

const twoLanes = (maxVcpus: number, priority: { big: number; small: number }) =>
  memoryWorld({
    rows: [
      { payerId: 'acme', fileType: 'big', pool: 'p', instanceTypes: ['m7i.xlarge'], priority: priority.big },
      { payerId: 'acme', fileType: 'small', pool: 'p', instanceTypes: ['t3.small'], priority: priority.small },
    ],
    pools: [{ pool: 'p', maxVcpus, maxInstances: 10 }],
  })
const land = (world: MemoryWorld, key: string) => {
  world.run([landed(key)])
  world.run([parked(jobOf(key))])
}
const statuses = (world: MemoryWorld, ...names: string[]) => names.map((key) => world.job(jobOf(key)).status)
const poolEdited: Message = { kind: 'pool-edited', pool: 'p' }

describe('one transaction', () => {
  const many = (count: number) => {
    const world = twoLanes(0, { big: 100, small: 100 })
    for (let n = 0; n < count; n++) land(world, `acme/small/s${n}`)
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'small', pool: 'p', maxConcurrent: 100 })
    world.pools = [{ pool: 'p', maxVcpus: 1000, maxInstances: 100 }]
    return world
  }

  it('admits eight, fits in DynamoDB, and promises the rest by a message to itself', () => {
    const world = many(20)
    const decision = world.decide([poolEdited])
    expect(actionsOf(decision)).toBeLessThanOrEqual(MAX_ACTIONS)
    world.commit(decision)
    const started = () => world.jobs().filter(({ status }) => status === 'starting').length
    expect(started()).toBe(8)
    for (const expected of [16, 20]) {
      const sent = world.calls.splice(0).filter((call) => call.call === 'send')
      expect(sent).toHaveLength(1)
      world.run(sent.map(({ body }) => JSON.parse(body)))
      expect(started()).toBe(expected)
    }
    expect(world.calls.filter((call) => call.call === 'send')).toEqual([])
  })

  it.each([
    ['landed', (key: string): Message[] => [landed(key)]],
    ['landed and parked', (key: string): Message[] => [landed(key), parked(jobOf(key))]],
  ])('a full batch of ten messages fits: %s', (_, messages) => {
    const world = many(0)
    const batch = Array.from({ length: 10 }, (__, n) => messages(`acme/small/b${n}`)).flat()
    expect(actionsOf(world.decide(batch.slice(0, 10)))).toBeLessThanOrEqual(MAX_ACTIONS)
  })

  it('ten results in one batch, each freeing a place for one that waits, fit', () => {
    const world = many(10)
    world.run([poolEdited])
    world.run([poolEdited])
    for (let n = 0; n < 30; n++) land(world, `acme/small/w${n}`)
    world.pools = [{ pool: 'p', maxVcpus: 20, maxInstances: 10 }]
    const running = world
      .jobs()
      .filter(({ status }) => status === 'starting')
      .slice(0, 10)
    for (const [n, { job }] of running.entries()) {
      launch(world, job, `i-${n}`)
      writeResult(world, `i-${n}`)
    }
    const decision = world.decide(running.map((_, n) => resultWritten(`i-${n}`)))
    expect(actionsOf(decision)).toBeLessThanOrEqual(MAX_ACTIONS)
  })

  it('what a message wrote before it threw is not written', () => {
    const world = twoLanes(2, { big: 100, small: 100 })
    world.run([landed('acme/small/s1')])
    const scope = world.items.get('SCOPE#acme\nSTATE')
    if (scope) scope.value = { nonsense: true }
    const decision = world.decide([landed('acme/small/s2')])
    expect(decision.quarantined).toHaveLength(1)
    expect({ writes: decision.writes, calls: decision.calls }).toEqual({ writes: [], calls: [] })
  })

  it('a message that throws is set aside with its reason; the others are applied', () => {
    const world = twoLanes(2, { big: 100, small: 100 })
    world.run([landed('acme/small/s1')])
    world.put(kinds.tokens, [jobOf('acme/small/s1')], { round: 1, tokens: [] })
    const broken = world.items.get(`JOB#${jobOf('acme/small/s1')}\nSTATE`)
    if (broken) broken.value = { nonsense: true }
    const decision = world.decide([parked(jobOf('acme/small/s1')), landed('acme/small/s2')])
    expect(decision.quarantined).toEqual([expect.objectContaining({ reason: expect.stringContaining('ZodError') })])
    world.commit(decision)
    expect(statuses(world, 'acme/small/s2')).toEqual(['validating'])
  })
})

describe('the cost of a decision does not depend on what waits', () => {
  it.each([10, 300])('%i waiting files', (waiting) => {
    const world = twoLanes(2, { big: 100, small: 100 })
    for (let n = 0; n < waiting + 1; n++) land(world, `acme/small/s${n}`)
    const first = jobOf('acme/small/s0')
    launch(world, first, 'i-1')
    writeResult(world, 'i-1')
    world.reads = 0
    const decision = world.decide([resultWritten('i-1')])
    expect(decision.calls.some(({ what }) => what.call === 'answer-turn')).toBe(true)
    expect(world.reads).toBeLessThanOrEqual(25)
    expect(actionsOf(decision)).toBeLessThanOrEqual(20)
  })
})

describe('a lane that cannot be evaluated', () => {
  it('is held, named and explained; every other payer of its batch goes on', () => {
    const world = memoryWorld({
      rows: ['acme', 'bolt'].map((payerId) => ({ payerId, fileType: '*', pool: 'p', graceSeconds: 0 })),
      pools: [{ pool: 'p', maxVcpus: 100, maxInstances: 10 }],
    })
    world.run([landed('acme/member/a')])
    const [entry] = world.under(keys.lanePk('acme', 'member'))
    if (entry) world.items.set(`${entry.pk}\n${entry.sk}`, { ...entry, value: { broken: true } })
    const broken = world.under(keys.lanePk('acme', 'member'))[0]
    if (broken) Object.assign(broken, { value: { broken: true } })
    world.run([landed('bolt/member/b')])
    const decision = world.decide([parked(jobOf('bolt/member/b')), { kind: 'due', sk: '0#acme', scope: 'acme' }])
    world.commit(decision)
    expect(decision.quarantined).toEqual([])
    expect(decision.troubled).toMatchObject([{ what: 'lane acme/member', reason: expect.stringContaining('ZodError') }])
    expect(world.job(jobOf('bolt/member/b')).status).toBe('starting')
  })
})
