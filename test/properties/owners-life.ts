import { Superseded } from '#domain/ports/schedule-table'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { deleted, landed, type Of } from '#test/support/file-life'
import { type MemoryWorld, memoryWorld } from '#test/support/memory-world'
import { type Random, randomFrom } from '#test/support/random'
import { type Odds, worldAround } from '#test/support/world-around'
import { scopesOf, wrongWith } from '#test/support/world-invariants'

type Request = Of<'request'>
const actions = ['retry', 'excuse', 'waive', 'hold', 'resume', 'withdraw', 'stop'] as const
const ACTS = 30
/** A world that has not come to rest by then never will. */
const MAX_STEPS = 6000

/** Three payers; `bolt` in cycles, `cora` unknown until somebody adds its row. */
const rowsOf = (random: Random) => [
  { payerId: '*', fileType: '*', pool: 'p', graceSeconds: random.pick([0, 0, 60]) },
  { payerId: 'acme', fileType: '*', priority: random.below(1000) },
  { payerId: 'acme', fileType: 'claims', maxConcurrent: random.pick([1, 2, 10]), ordered: random.chance(30) },
  { payerId: 'bolt', fileType: '*', scope: 'cycle', priority: random.below(1000) },
  { payerId: 'bolt', fileType: 'member', haltOnFailure: random.chance(50), laterClears: random.chance(50) },
]

/** What somebody asks, of a job or a lane that is there, mostly; and sometimes what makes no sense. */
const askAnything = (world: MemoryWorld, random: Random, id: string): Request => {
  const jobs = world.jobs().map(({ job }) => job)
  const lanes = scopesOf(world).flatMap(([scope, { types }]) => Object.keys(types).map((type) => ({ scope, type })))
  const lane = random.pick([...lanes, { scope: 'acme', type: 'constructor' }, { scope: 'nobody', type: 'member' }])
  const of = random.chance(20) ? { lane } : { job: random.pick([...jobs, 'no-such-job']) }
  return { kind: 'request', id, action: random.pick(actions), who: 'ana', why: 'a reason', ...of }
}

/** One world from a seed: files, owners' requests and everything around them, every rule looked at after every decision. */
export const ownersLife = (seed: number, odds: Odds, look: (world: MemoryWorld) => string[]) => {
  const random = randomFrom(seed)
  const pools = [{ pool: 'p', maxVcpus: random.pick([4, 6, 8]), maxInstances: random.pick([1, 2, 4]) }]
  const world = memoryWorld({ rows: rowsOf(random), pools })
  const around = worldAround(world, random, odds)
  const versions = new Map<string, number>()
  const story: string[] = []
  const answers = { done: new Map<string, number>(), refused: new Map<string, number>() }
  let asked = 0
  const fail = (wrong: string[]) => {
    if (wrong.length > 0) throw new Error(`seed ${seed}: ${wrong.join('; ')}\n${story.join('\n')}`)
  }
  const next = () => around.pending.length > 0 && random.draw(around.pending)?.()

  const decide = (messages: Message[], meanwhile: boolean): void => {
    const before = new Map(world.jobs().map((job) => [job.job, job]))
    const decision = world.decide(messages)
    if (meanwhile) next()
    try {
      world.commit(decision)
    } catch (error) {
      if (!(error instanceof Superseded)) throw error
      return decide(messages, false)
    }
    story.push(`${decision.seq}: ${JSON.stringify(messages)} → ${JSON.stringify(decision.calls.map((c) => c.what))}`)
    fail(decision.quarantined.map(({ reason }) => reason))
    fail(decision.troubled.map(({ what, reason }) => `${what}: ${reason}`))
    for (const { what } of decision.calls) for (let n = random.chance(15) ? 2 : 1; n > 0; n--) around.carryOut(what)
    fail([...wrongWith(world, before, around.coming()), ...(story.length % 5 === 0 ? look(world) : [])])
  }
  const ask = (request: Request): void => {
    const before = JSON.stringify(world.jobs())
    decide([request], false)
    const answer = world.get(kinds.request, request.id)
    if (!answer) return fail([`${request.id} has no answer`])
    const found = answer.done ? answers.done : answers.refused
    found.set(request.action, (found.get(request.action) ?? 0) + 1)
    if (!answer.done && JSON.stringify(world.jobs()) !== before) fail([`${request.id} was refused and changed a job`])
    const last = request.job && answer.done ? world.job(request.job).history?.at(-1) : undefined
    if (request.job && answer.done && last?.action !== request.action) fail([`${request.id} is not in the history`])
  }
  const act = (): void => {
    if (random.chance(55)) return ask(askAnything(world, random, `request-${++asked}`))
    if (random.chance(8) && world.rows.length === 5) {
      world.rows.push({ payerId: 'cora', fileType: '*' })
      return decide([{ kind: 'row-edited', payerId: 'cora', fileType: '*' }], false)
    }
    const payer = random.pick(['acme', 'acme', 'bolt', 'bolt', 'cora'])
    const cycle = payer === 'bolt' ? `/c${random.below(2)}` : ''
    const key = `${payer}/${random.pick(['member', 'claims'])}${cycle}/f${random.below(3)}`
    const version = (versions.get(key) ?? 0) + 1
    const sequencer = `00${String(version).padStart(3, '0')}`
    versions.set(key, version)
    around.inbox.push(version > 1 && random.chance(25) ? deleted(key, sequencer) : landed(key, version, sequencer))
  }
  const deliver = () => {
    const batch = Array.from({ length: 1 + random.below(4) }, () => random.draw(around.inbox)).filter(
      (m) => m !== undefined,
    )
    for (const message of batch) if (random.chance(15)) around.inbox.push(message)
    if (batch.length > 0) decide(batch, random.chance(30))
  }

  /** Until nothing moves by itself any more. */
  const rest = (acts: number): void => {
    for (let step = 0; step < MAX_STEPS; step++) {
      const idle = around.inbox.length === 0 && around.pending.length === 0
      if (idle && acts === 0) {
        const due = world.under(keys.DUE)
        around.sweep()
        if (due.length > 0) world.now = Math.max(world.now, Number(due[0]?.sk.split('#')[0]))
        for (let message = around.inbox.shift(); message; message = around.inbox.shift()) decide([message], false)
        if (around.pending.length > 0 || world.under(keys.DUE).length > 0) continue
        if (around.timeOut() === 0) return
      } else if (acts > 0 && (idle || random.chance(20))) {
        acts -= 1
        act()
      } else if (random.chance(50)) deliver()
      else next()
      if (acts > 0) around.abort()
    }
    fail([`no rest after ${MAX_STEPS} steps`])
  }
  rest(ACTS)
  return {
    world,
    answers,
    story,
    fail,
    rest: () => rest(0),
    ask: (request: Omit<Request, 'kind' | 'id' | 'who' | 'why'>) =>
      ask({ kind: 'request', id: `request-${++asked}`, who: 'ana', why: 'a reason', ...request }),
  }
}
