import { describe, expect, it } from 'vitest'
import { Superseded } from '#domain/ports/schedule-table'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { deleted, landed } from '#test/support/file-life'
import { actionsOf, MAX_ACTIONS, type MemoryWorld, memoryWorld } from '#test/support/memory-world'
import { type Random, randomFrom } from '#test/support/random'
import { calm, type Odds, worldAround } from '#test/support/world-around'
import { scopesOf, standing, wrongWith } from '#test/support/world-invariants'

const rough: Odds = { unsound: 15, refused: 20, dies: 20, badResult: 25, crash: 15, lostEvent: 20, abort: 2 }
const OWNERS_ACTS = 14
/** A world that has not come to rest by then never will. */
const MAX_STEPS = 4000

const rows = (random: Random) => [
  { payerId: '*', fileType: '*', pool: 'p', graceSeconds: random.pick([0, 0, 60]) },
  { payerId: 'acme', fileType: '*', priority: random.below(1000) },
  { payerId: 'acme', fileType: 'claims', maxConcurrent: random.pick([1, 2, 10]) },
  { payerId: 'bolt', fileType: 'member', haltOnFailure: random.chance(50), priority: random.below(1000) },
  { payerId: 'bolt', fileType: 'claims', instanceTypes: [random.pick(['t3.small', 'm7i.xlarge'])] },
]

/** What owners and editors do: files of two payers, newer versions, deletions, new priorities. */
const act = (world: MemoryWorld, random: Random, versions: Map<string, number>): Message[] => {
  const key = `${random.pick(['acme', 'bolt'])}/${random.pick(['member', 'claims'])}/f${random.below(3)}`
  const version = (versions.get(key) ?? 0) + 1
  if (random.chance(12)) {
    const n = random.below(world.rows.length)
    const edited = { payerId: 'bolt', fileType: '*', ...Object(world.rows[n]), priority: random.below(1000) }
    world.rows[n] = edited
    return [{ kind: 'row-edited', payerId: edited.payerId, fileType: edited.fileType }]
  }
  versions.set(key, version)
  const sequencer = `00${String(version).padStart(3, '0')}`
  if (version > 1 && random.chance(25)) return [deleted(key, sequencer)]
  return [landed(key, version, sequencer)]
}

const live = (seed: number, odds: Odds) => {
  const random = randomFrom(seed)
  const pools = [{ pool: 'p', maxVcpus: random.pick([4, 6, 8]), maxInstances: random.pick([1, 2, 4]) }]
  const world = memoryWorld({ rows: rows(random), pools })
  const around = worldAround(world, random, odds)
  const versions = new Map<string, number>()
  const story: string[] = []
  let actions = 0

  const next = () => around.pending.length > 0 && random.draw(around.pending)?.()
  const decide = (messages: Message[], meanwhile: boolean): void => {
    const before = new Map(world.jobs().map((job) => [job.job, job]))
    const decision = world.decide(messages)
    expect(decision.quarantined).toEqual([])
    // Between the look and the transaction `launch` may write, or another scheduler.
    if (meanwhile) next()
    try {
      world.commit(decision)
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      return decide(messages, false)
    }
    actions = Math.max(actions, actionsOf(decision))
    story.push(
      `${decision.seq}: ${JSON.stringify(messages)} → ${JSON.stringify(decision.calls.map(({ what }) => what))}`,
    )
    for (const { what } of decision.calls) for (let n = random.chance(15) ? 2 : 1; n > 0; n--) around.carryOut(what)
    const wrong = wrongWith(world, before)
    if (wrong.length > 0) throw new Error(`seed ${seed}: ${wrong.join('; ')}\n${story.join('\n')}`)
  }
  /** Some messages of the inbox, in any order; some stay and come again. */
  const deliver = () => {
    const batch: Message[] = []
    for (let n = 1 + random.below(4); n > 0; n--) {
      const message = random.draw(around.inbox)
      if (!message) break
      batch.push(message)
      if (random.chance(15)) around.inbox.push(message)
    }
    if (batch.length > 0) decide(batch, random.chance(30))
  }

  let acts = 0
  let timeouts = 0
  for (let step = 0; step < MAX_STEPS; step++) {
    const idle = around.inbox.length === 0 && around.pending.length === 0
    if (idle && acts === OWNERS_ACTS) {
      const due = world.under(keys.DUE)
      around.sweep()
      if (due.length > 0) world.now = Math.max(world.now, Number(due[0]?.sk.split('#')[0]))
      for (const message of around.inbox.splice(0)) decide([message], false)
      if (around.pending.length > 0 || world.under(keys.DUE).length > 0) continue
      const stuck = around.timeOut()
      if (stuck === 0) return { world, around, actions, story, timeouts }
      timeouts += stuck
    } else if (acts < OWNERS_ACTS && (idle || random.chance(20))) {
      acts += 1
      const said = act(world, random, versions)
      // An edit is decided before anything else: the boards are held against the rows as they are.
      if (said[0]?.kind === 'row-edited') decide(said, false)
      else around.inbox.push(...said)
    } else if (random.chance(50)) deliver()
    else next()
    around.abort()
  }
  throw new Error(`seed ${seed}: no rest after ${MAX_STEPS} steps\n${story.slice(-20).join('\n')}`)
}

/** Every file has come to its one end, or waits for a reason that only a person or another file changes. */
const unexplained = (world: MemoryWorld): string[] => {
  const waiting = new Map<string, string>()
  for (const [id, scope] of scopesOf(world))
    for (const type of Object.keys(scope.types)) {
      const found = standing(world, id, scope, type)
      waiting.set(`${id} ${type}`, found === undefined || found.ready ? 'nothing' : found.because)
    }
  const allowed = /^(failed-ahead|member-file-(failed|rejected|missing))$|^(failed-ahead|never-fits)$/
  return world
    .jobs()
    .filter(({ status }) => !isOver(status))
    .filter(
      ({ status, scope, fileType }) => status !== 'waiting' || !allowed.test(waiting.get(`${scope} ${fileType}`) ?? ''),
    )
    .map(({ job, status, scope, fileType }) => `${job} is ${status} behind ${waiting.get(`${scope} ${fileType}`)}`)
}

describe.each([
  ['nothing goes wrong', calm, 40],
  ['everything goes wrong', rough, 200],
])('random worlds in which %s', (_, odds, worlds) => {
  it(`${worlds} worlds keep every rule after every decision and come to rest`, () => {
    const ends = new Map<string, number>()
    let timeouts = 0
    for (let seed = 1; seed <= worlds; seed++) {
      const { world, around, actions, story, ...lived } = live(seed, odds)
      timeouts += lived.timeouts
      const left = unexplained(world)
      if (left.length > 0) throw new Error(`seed ${seed}: ${left.join('; ')}\n${story.join('\n')}`)
      expect(world.get(kinds.poolState, 'p') ?? { usedVcpus: 0 }).toMatchObject({ usedVcpus: 0 })
      expect(world.under(keys.OPEN)).toEqual([])
      expect([...around.executions.values()].filter(({ state }) => state === 'run')).toEqual([])
      expect([...around.machines.values()].filter(({ state }) => state === 'on')).toEqual([])
      expect(actions).toBeLessThanOrEqual(MAX_ACTIONS)
      for (const { status } of world.jobs()) ends.set(status, (ends.get(status) ?? 0) + 1)
    }
    // Only what `launch` itself left unanswered may need the state's timeout.
    expect(timeouts).toBeLessThanOrEqual(odds === calm ? 0 : worlds / 10)
    // The worlds are worth something only if they go everywhere.
    expect(ends.get('succeeded')).toBeGreaterThan(worlds)
    for (const status of odds === calm ? ['superseded'] : ['failed', 'rejected', 'withdrawn', 'superseded', 'waiting'])
      expect(ends.get(status), status).toBeGreaterThan(5)
  }, 120_000)
})
