import { describe, expect, it } from 'vitest'
import { jobIdOf } from '#domain/job-id'
import { isNewer } from '#domain/schedule/register'
import { stage } from '#test/functions/stage'

const removed = (key: string, sequencer: string) => ({ kind: 'deleted', bucket: 'landing', key, sequencer })

describe('lesson 8: S3 events come twice and in any order', () => {
  it('one event twice, in one batch or later, is one job, one execution, one count', async () => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    await world.say([event, event])
    const once = world.job(job)
    await world.say([event])
    expect(world.job(job)).toEqual(once)
    expect([...world.state.schedule.jobs.keys()]).toEqual([job])
    expect(world.state.executions.executions.size).toBe(1)
    expect(world.itemsOf('SCOPE#acme')[0]?.value).toMatchObject({ types: { member: { unfinished: 1 } } })
  })

  it.each([false, true])(
    'two versions of a key end alike in whatever order they are announced: swapped %s',
    async (swapped) => {
      const world = stage()
      const first = world.drop('acme/member/a')
      const second = world.drop('acme/member/a')
      for (const { event } of swapped ? [second, first] : [first, second]) await world.say([event])
      expect([world.job(first.job).status, world.job(second.job).status]).toEqual(['superseded', 'validating'])
    },
  )

  it.each([false, true])('a version and its deletion end alike in whatever order: swapped %s', async (swapped) => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    const both = [event, removed('acme/member/a', '0009')]
    for (const one of swapped ? both.toReversed() : both) await world.say([one])
    expect(world.job(job).status).toBe('withdrawn')
  })

  it('sequencers are padded on the right and compared as text', () => {
    expect(isNewer('0055AED6DCD90281E6', '0055AED6DCD90281E5')).toBe(true)
    expect(isNewer('0056', '0055AED6DCD90281E5')).toBe(true)
    expect(isNewer('0055AED600', '0055AED6')).toBe(false)
  })

  it('a sequencer speaks for its own key only', async () => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    await world.say([removed('acme/member/b', '9999'), event])
    expect(world.job(job).status).toBe('validating')
  })

  it('identity is bucket, key and version', () => {
    const file = { bucket: 'landing', key: 'acme/member/a', version: 'v1' }
    const others = [file, { ...file, bucket: 'b' }, { ...file, key: 'k' }, { ...file, version: 'v2' }]
    expect(new Set(others.map(jobIdOf)).size).toBe(4)
    expect(jobIdOf({ ...file })).toBe(jobIdOf(file))
  })
})
