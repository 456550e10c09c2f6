import { beforeEach, describe, expect, it } from 'vitest'
import { replay } from '#functions/schedule/replay'
import { canonical, digestOf, plain, Transcript } from '#functions/schedule/transcript'
import { awsError, type Stage, stage } from '#test/functions/stage'

let world: Stage
beforeEach(() => {
  world = stage(1)
  Object.assign(world.deps, { journal: world.deps.results })
})

const keysOf = () => [...world.state.results.keys()].filter((key) => key.startsWith('journal/')).sort()
const textOf = (key = ''): string => world.state.results.get(key) ?? ''
const journal = () => keysOf().map((key) => Transcript.parse(JSON.parse(textOf(key))))

/** Members, claims that wait for them, a refused turn, a bad edit, a request, a message that throws; every kind of question. */
const lives = async () => {
  const early = world.drop('acme/claims/a')
  await world.say([early.event])
  await world.say([world.parked(early.job)])
  await world.succeed('acme/member/m1')
  await world.launch(early.job)
  await world.say([world.result(early.job, { outcome: 'failed', reason: 'processor-exit', exitCode: 3 })])
  await world.say([{ kind: 'row-edited', payerId: 'acme', fileType: '*' }])
  await world.say([{ kind: 'pool-edited', pool: 'p' }, world.drop('nobody/claims/x').event])
  await world.say([{ kind: 'request', id: 'abcdef01', action: 'retry', job: early.job, who: 'ana', why: 'again' }])
  await world.say([world.parked(early.job, 'late-token')])
}

describe('the journal of real decisions', () => {
  it('replays to the same decisions, all of them', async () => {
    await lives()
    const kept = journal()
    expect(kept.length).toBeGreaterThanOrEqual(9)
    expect(
      new Set(kept.flatMap(({ heard }) => heard.map(({ question }) => Reflect.get(Object(question), 'ask')))),
    ).toEqual(new Set(['items', 'page', 'policy-rows', 'pool-row', 'result']))
    expect(kept.map(replay)).toEqual(kept.map(() => ({ same: true })))
  })

  it('is numbered without a gap as the shard is', async () => {
    await lives()
    const raised = journal().filter(({ decision }) => decision.writes.length + decision.calls.length > 0)
    expect(raised.map(({ seq }) => seq)).toEqual(raised.map((_, n) => n))
    expect(keysOf()[0]).toBe('journal/000000000000.json')
  })

  it('holds no task token, but tells tokens apart', async () => {
    await lives()
    const texts = keysOf().map(textOf).join('\n')
    for (const token of world.state.executions.tokens.keys()) expect(texts).not.toContain(token)
    const masks = new Set(texts.match(/token:[0-9a-f]{16}/g))
    expect(masks.size).toBeGreaterThanOrEqual(4)
  })

  it('keeps a duplicate, which changes nothing, before what came next; not a tick that found nothing', async () => {
    const { event } = world.drop('acme/claims/a')
    await world.say([event])
    await world.say([event])
    world.clock.now += 60_000
    await world.say([{ kind: 'tick' }])
    expect(keysOf()).toEqual(['journal/000000000000.json', `journal/000000000001-${world.clock.now - 60_000}.json`])
    await world.say([world.drop('acme/claims/b').event])
    expect(keysOf().at(-1)).toBe('journal/000000000001.json')
  })

  it('that cannot be written stops nothing, and says so', async () => {
    const journal = { writeJson: async () => Promise.reject(awsError('SlowDown')) }
    Object.assign(world.deps, { journal })
    const { job, event } = world.drop('acme/claims/a')
    expect(await world.say([event])).toEqual({ batchItemFailures: [] })
    expect(world.job(job).status).toBe('validating')
    expect(world.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        sentence: 'a decision is missing from the journal',
        facts: { seq: 0, reason: 'SlowDown: SlowDown' },
      },
    ])
  })

  it('is not kept when it is off', async () => {
    Object.assign(world.deps, { journal: undefined })
    await lives()
    expect(keysOf()).toEqual([])
  })
})

describe('a rule that changed is seen', () => {
  type Change = (transcript: Transcript) => Transcript
  const changed = (transcript: Transcript, from: string, to: string): Transcript =>
    Transcript.parse(JSON.parse(JSON.stringify(transcript).replaceAll(from, to)))
  /** As if the rules had come to something else: the record is consistent in itself. */
  const decided =
    (change: (decision: Transcript['decision']) => Transcript['decision']): Change =>
    (transcript) => {
      const decision = change(structuredClone(transcript.decision))
      return { ...transcript, decision, digest: digestOf(decision) }
    }
  const answers =
    (from: string, to: string): Change =>
    (transcript) => ({
      ...transcript,
      heard: changed(transcript, from, to).heard,
    })

  it.each<{ what: string; change: Change; says: RegExp }>([
    {
      what: 'an answer: no room in the pool',
      change: answers('"maxInstances":1', '"maxInstances":0'),
      says: /^(item|call) .*(was|is not decided any more)/,
    },
    {
      what: 'a field of an item',
      change: decided((d) => changedField(d, 'starting', 'waiting')),
      says: /^item JOB#[0-9a-f]{24} STATE: status was "waiting", is now "starting"$/,
    },
    {
      what: 'an item less',
      change: decided((d) => ({ ...d, writes: d.writes.slice(1) })),
      says: /^item .* was not decided then; it is now /,
    },
    {
      what: 'a call more',
      change: decided((d) => ({ ...d, calls: [...d.calls, ...d.calls] })),
      says: /^call 2 \(answer-turn\) is not decided any more; it was /,
    },
    {
      what: 'another turn',
      change: decided((d) => changedField(d, '"turn":1', '"turn":7')),
      says: /turn was 7, is now 1$/,
    },
    {
      what: 'a question that was not asked',
      change: (t) => ({ ...t, heard: t.heard.slice(0, -1) }),
      says: /^it now asks what it did not ask then: /,
    },
    {
      what: 'the record itself',
      change: (t) => ({ ...t, digest: '0'.repeat(64) }),
      says: /^the record itself was changed/,
    },
  ])('$what', async ({ change, says }) => {
    await world.admit('acme/member/m1')
    const admission = journal().at(-1)
    if (!admission) throw new Error('there is no journal')
    expect(replay(admission)).toEqual({ same: true })
    expect(replay(change(admission))).toEqual({ same: false, difference: expect.stringMatching(says) })
  })

  const changedField = (decision: Transcript['decision'], from: string, to: string): Transcript['decision'] =>
    Transcript.shape.decision.parse(JSON.parse(JSON.stringify(decision).replaceAll(from, to)))
})

describe('canonical JSON', () => {
  it('does not depend on the order of fields, and does on that of a list', () => {
    expect(canonical({ b: [2, 1], a: { d: 1, c: undefined } })).toBe('{"a":{"d":1},"b":[2,1]}')
  })

  it('masks tokens by their field, once', () => {
    const once = plain({ token: 'secret', tokens: ['secret', 'other'], deep: [{ token: null }], text: 'secret' })
    expect(once).toEqual({
      token: expect.stringMatching(/^token:[0-9a-f]{16}$/),
      tokens: [Reflect.get(Object(once), 'token'), expect.stringMatching(/^token:/)],
      deep: [{ token: null }],
      text: 'secret',
    })
    expect(plain(once)).toEqual(once)
  })
})
