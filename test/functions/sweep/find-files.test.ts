import { describe, expect, it } from 'vitest'
import { deleteKey } from '#adapters/memory/files'
import { findFiles } from '#functions/sweep/find-files'
import { LANDING, stage } from '#test/functions/stage'

const HOUR = 3_600_000

describe('findFiles', () => {
  it.each([
    { after: HOUR, found: 0 },
    { after: HOUR + 1, found: 1 },
  ])('a file that S3 never announced is registered after an hour: $after ms', async ({ after, found }) => {
    const world = stage()
    const { job } = world.drop('acme/member/a')
    world.clock.now += after
    expect(await findFiles(world.deps, world.clock.now)).toBe(found)
    await world.drain()
    expect([...world.state.schedule.jobs.keys()]).toEqual(found === 1 ? [job] : [])
    expect(world.state.executions.executions.size).toBe(found)
  })

  it('what is registered, or deleted, is not found', async () => {
    const world = stage()
    await world.say([world.drop('acme/member/a').event])
    world.drop('acme/member/b')
    deleteKey(world.state.landing, { bucket: LANDING, key: 'acme/member/b' })
    world.clock.now += 2 * HOUR
    expect(await findFiles(world.deps, world.clock.now)).toBe(0)
  })

  it('a version that was not announced takes the place of the one before', async () => {
    const world = stage()
    const first = world.drop('acme/member/a')
    await world.say([first.event])
    const second = world.drop('acme/member/a')
    world.clock.now += 2 * HOUR
    expect(await findFiles(world.deps, world.clock.now)).toBe(1)
    await world.drain()
    expect([world.job(first.job).status, world.job(second.job).status]).toEqual(['superseded', 'validating'])
  })

  it('finds one among hundreds, over all pages', async () => {
    const world = stage()
    const files = Array.from({ length: 250 }, (_, n) => world.drop(`acme/claims/${n}`))
    for (const { event } of files.slice(1)) await world.say([event])
    world.clock.now += 2 * HOUR
    const list: typeof world.deps.files.list = async (bucket, next) => {
      const { files } = await world.deps.files.list(bucket)
      return next === undefined ? { files: files.slice(0, 0), next: 'more' } : { files }
    }
    expect(await findFiles({ ...world.deps, files: { list } }, world.clock.now)).toBe(1)
    expect(world.heard()).toMatchObject([{ group: 'landed', message: { kind: 'landed', job: files[0]?.job } }])
  })
})
