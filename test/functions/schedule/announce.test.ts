import { describe, expect, it } from 'vitest'
import { PayerFileDone } from '#domain/payer-file-done'
import * as keys from '#domain/schedule/keys'
import { announce } from '#functions/schedule/announce'
import { awsError, RESULTS, type Stage, stage } from '#test/functions/stage'

const KEY = 'acme/member/jan.834'
const pointer = (world: Stage, key = KEY) =>
  PayerFileDone.optional().parse(JSON.parse(world.state.results.get(`done/${key}.json`) ?? 'null') ?? undefined)

describe('a file that has succeeded', () => {
  it('has a pointer and was heard of, and no call is left', async () => {
    const world = stage()
    const job = await world.succeed(KEY)
    const { prefix = '', names = [] } = world.job(job).output ?? {}
    expect(pointer(world)).toMatchObject({ job, version: 'v1', output: { bucket: RESULTS, prefix, names } })
    expect(names.map((name) => world.state.results.has(prefix + name))).toEqual([true])
    expect(world.state.announced).toEqual([pointer(world)])
    expect(world.itemsOf(keys.CALLS)).toEqual([])
  })

  it('one that failed has neither', async () => {
    const world = stage()
    const job = await world.admit(KEY)
    await world.launch(job)
    await world.say([world.result(job, { outcome: 'failed', exitCode: 1 })])
    await world.say([{ kind: 'over', job, round: 1, error: 'ProcessorFailed', cause: '' }])
    expect([world.job(job).status, pointer(world), world.state.announced]).toEqual(['failed', undefined, []])
  })

  it('a newer version moves the pointer; the older one, announced late, leaves it and is heard all the same', async () => {
    const world = stage()
    const [older, newer] = [await world.succeed(KEY), await world.succeed(KEY)]
    expect(pointer(world)?.job).toBe(newer)
    await announce(older, world.deps)
    expect(pointer(world)?.job).toBe(newer)
    expect(world.state.announced.map(({ job }) => job)).toEqual([older, newer, older])
  })

  it('two at the same time: the newer version stands, whoever writes last', async () => {
    const world = stage()
    const [older, newer] = [await world.succeed(KEY), await world.succeed(KEY)]
    world.state.results.delete(`done/${KEY}.json`)
    let between: (() => Promise<void>) | undefined = () => announce(newer, world.deps)
    const pointers = {
      ...world.deps.pointers,
      // The newer version writes after the older one has looked and before it writes.
      write: async (...args: Parameters<typeof world.deps.pointers.write>) => {
        const first = between
        between = undefined
        await first?.()
        return world.deps.pointers.write(...args)
      },
    }
    await announce(older, { ...world.deps, pointers })
    expect(pointer(world)?.job).toBe(newer)
  })

  it('what somebody has scribbled over is written again', async () => {
    const world = stage()
    const job = await world.succeed(KEY)
    world.state.results.set(`done/${KEY}.json`, '"nothing"')
    await announce(job, world.deps)
    expect(pointer(world)?.job).toBe(job)
  })

  it('a bus that does not answer is asked again, and the pointer is written once', async () => {
    const world = stage()
    const refusing = { publish: () => Promise.reject(awsError('ThrottlingException')) }
    const job = await world.admit(KEY)
    await world.launch(job)
    await world.say([world.result(job)], 1, { announcements: refusing })
    expect(world.itemsOf(keys.CALLS)).toHaveLength(1)
    world.clock.now += 120_000
    await world.say([{ kind: 'tick' }])
    expect(world.itemsOf(keys.CALLS)).toEqual([])
    expect(world.state.announced.map((done) => done.job)).toEqual([job])
  })
})
