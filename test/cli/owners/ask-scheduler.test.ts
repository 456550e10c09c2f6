import { beforeEach, describe, expect, it } from 'vitest'
import { askScheduler, type OwnerRequest } from '#cli/owners/ask-scheduler'
import { ownerRequest } from '#cli/owners/owner-request'
import { type Stage, stage } from '#test/functions/stage'

let world: Stage
beforeEach(() => {
  world = stage()
})

const asked = (action: OwnerRequest['action'], of: Pick<OwnerRequest, 'job' | 'lane'>, id?: string) =>
  ownerRequest({ action, who: 'ana', why: 'asked by the payer', id, ...of })

/** The real scheduler reads the inbox while the asker waits. */
const ask = (request: OwnerRequest, wait: () => Promise<unknown> = world.drain) =>
  askScheduler(request, { ...world.deps, timeoutMs: 1000, wait })

describe('a request and its answer, by the real scheduler', () => {
  const claims = { lane: { scope: 'acme', type: 'claims' } }

  it.each([
    { state: 'rejected', action: 'retry', done: true, because: 'round 2 was started' },
    { state: 'rejected', action: 'excuse', done: true, because: 'it no longer blocks' },
    { state: 'rejected', action: 'hold', done: false, because: 'it is rejected' },
    { state: 'rejected', action: 'withdraw', done: true, because: 'withdrawn' },
    {
      state: 'waiting',
      action: 'retry',
      done: false,
      because: 'only a failed or rejected file can be retried; this one is waiting',
    },
    { state: 'waiting', action: 'hold', done: true, because: 'held; resume lets it go' },
    { state: 'waiting', action: 'resume', done: false, because: 'it is not held by its owner' },
    {
      state: 'waiting',
      action: 'stop',
      done: false,
      because: 'only a file at work can be stopped; this one is waiting',
    },
    {
      state: 'starting',
      action: 'stop',
      done: true,
      because: 'its instance is being stopped; retry starts a new round',
    },
    { state: 'starting', action: 'hold', done: false, because: 'it is starting; use stop' },
  ] as const)('$action of a $state file: $because', async ({ state, action, done, because }) => {
    const { job, event } = world.drop(state === 'waiting' ? 'acme/claims/a' : 'acme/member/a')
    await world.say([event])
    await world.say([state === 'rejected' ? { kind: 'over', job, round: 1, error: 'UnsoundFile' } : world.parked(job)])
    const before = world.job(job)
    expect(await ask(asked(action, { job }))).toMatchObject({ done, because, before: false })
    // Kept in the file's history when it was done, and only then.
    const kept = [{ action, who: 'ana', why: 'asked by the payer', at: world.clock.now }]
    expect(world.job(job).history).toEqual(done ? kept : before.history)
  })

  it.each([
    { action: 'waive', of: claims, done: true, because: 'what stands in the lane now ignores its gate' },
    { action: 'hold', of: claims, done: true, because: 'the lane is held; resume lets it go' },
    { action: 'resume', of: claims, done: false, because: 'the lane is not held by its owner' },
    { action: 'stop', of: claims, done: false, because: 'stop takes a file, not a lane' },
    {
      action: 'waive',
      of: { lane: { scope: 'acme#2026-11', type: 'claims' } },
      done: false,
      because:
        'no lane acme/2026-11/claims; lanes are <payer>/<type>, or <payer>/<cycle>/<type> where gates count by cycle',
    },
    { action: 'retry', of: { job: 'f'.repeat(24) }, done: false, because: `no job ${'f'.repeat(24)}` },
    { action: 'retry', of: {}, done: false, because: 'a request names a job or a lane' },
  ] as const)('$action of $of: $because', async ({ action, of, done, because }) => {
    await world.say([world.drop('acme/claims/a').event])
    expect(await ask(asked(action, of))).toMatchObject({ done, because })
  })
})

describe('a request under the same id', () => {
  it('is answered as before, and not sent again', async () => {
    await world.say([world.drop('acme/claims/a').event])
    const hold = asked('hold', { lane: { scope: 'acme', type: 'claims' } }, 'abcdef0123456789')
    expect(await ask(hold)).toMatchObject({ done: true, before: false })
    world.clock.now += 60_000
    const sent = world.state.inbox.count
    expect(await ask(hold)).toMatchObject({ done: true, before: true, at: world.clock.now - 60_000 })
    expect(world.state.inbox.count).toBe(sent)
  })

  it.each([
    {
      now: asked('resume', { lane: { scope: 'acme', type: 'claims' } }, 'abcdef0123456789'),
      says: 'resume of lane acme/claims',
    },
    {
      now: asked('hold', { lane: { scope: 'acme', type: 'member' } }, 'abcdef0123456789'),
      says: 'hold of lane acme/member',
    },
    { now: asked('hold', { job: 'f'.repeat(24) }, 'abcdef0123456789'), says: `hold of ${'f'.repeat(24)}` },
  ])('but for something else is an error that names both: $says', async ({ now, says }) => {
    await world.say([world.drop('acme/claims/a').event])
    await ask(asked('hold', { lane: { scope: 'acme', type: 'claims' } }, 'abcdef0123456789'))
    await expect(ask(now)).rejects.toThrow(
      `was hold of lane acme/claims, and is answered; ${says} needs an id of its own`,
    )
  })
})

describe('no answer in time', () => {
  it('is no answer; the request stays in the inbox and is answered later', async () => {
    let now = 0
    const request = asked('waive', { lane: { scope: 'acme', type: 'claims' } })
    const waited: number[] = []
    const wait = async (millis: number) => {
      now += millis
      waited.push(now)
    }
    expect(await askScheduler(request, { ...world.deps, timeoutMs: 1000, now: () => now, wait })).toBeUndefined()
    expect(waited.at(-1)).toBeGreaterThanOrEqual(1000)
    expect(waited.at(-2)).toBeLessThan(1000)
    await world.drain()
    expect(await ask(request)).toMatchObject({ done: false, before: true })
  })
})
