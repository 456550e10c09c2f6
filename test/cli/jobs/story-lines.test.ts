import { beforeEach, describe, expect, it } from 'vitest'
import { jobStory } from '#cli/jobs/job-story'
import { storyLines } from '#cli/jobs/story-lines'
import { ownerRequest } from '#cli/owners/owner-request'
import { type Stage, stage } from '#test/functions/stage'

let world: Stage
let job: string
const wide = { width: Number.POSITIVE_INFINITY, height: 24, colour: false, interactive: false }
const lane = { scope: 'acme', type: 'claims' }

/** A claims file that waits for its members, and a minute between all that happens. */
beforeEach(async () => {
  world = stage()
  await asks('hold', { lane }, 'month end')
  await asks('resume', { lane }, 'it is over')
  await asks('waive', { lane }, 'of files long gone')
  const landed = world.drop('acme/claims/c.837')
  job = landed.job
  await world.say([landed.event])
  await world.say([world.parked(job)])
})

const asks = async (
  action: Parameters<typeof ownerRequest>[0]['action'],
  of: { job: string } | { lane: typeof lane },
  why: string,
) => {
  world.clock.now += 60_000
  await world.say([ownerRequest({ action, who: 'Ana', why, ...of })])
  world.clock.now += 60_000
}
const story = () =>
  jobStory({ sources: world.deps, names: { ResultsBucket: 'results' } }, { job, others: [] }, world.clock.now)
const lines = async () => storyLines(await story(), wide, world.clock.now)
const after = (all: readonly string[], title: string) => all.slice(all.indexOf(title) + 2)

describe('what explain tells of owners’ acts', () => {
  it('is nothing where nobody did anything since the file landed', async () => {
    expect((await lines()).join('\n')).not.toMatch(/owners|Ana/)
    expect(await story()).not.toHaveProperty('laneActs')
  })

  it('is who asked what when and why, of the file and of its lane, the newest last', async () => {
    await asks('hold', { job }, 'look at it \u001b[31m')
    await asks('waive', { lane }, 'no members will come')
    await asks('withdraw', { job }, 'sent twice')
    const told = after(await lines(), 'What owners asked:')
    expect(told).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}hold {6}this file {2}Ana {2}look at it \?\[31m$/),
      expect.stringMatching(/^\S+ {2}waive {5}its lane {3}Ana {2}no members will come$/),
      expect.stringMatching(/^\S+ {2}withdraw {2}this file {2}Ana {2}sent twice$/),
    ])
    expect(await lines()).toContain('Because    withdrawn-by-owner: withdrawn by Ana: sent twice')
  })

  it('has the hold of the lane that the file came into', async () => {
    await asks('hold', { lane }, 'an audit')
    const landed = world.drop('acme/claims/d.837')
    job = landed.job
    await world.say([landed.event])
    expect((await story()).laneActs).toEqual([
      { action: 'hold', who: 'Ana', why: 'an audit', at: new Date(world.clock.now - 60_000).toISOString() },
    ])
  })

  it('as JSON has times like all others', async () => {
    await asks('withdraw', { job }, 'sent twice')
    const at = new Date(world.clock.now - 60_000).toISOString()
    expect((await story()).job.history).toEqual([{ action: 'withdraw', who: 'Ana', why: 'sent twice', at }])
  })
})

describe('what explain tells of a file that ended badly', () => {
  const findings = [{ code: 'SE01', message: 'counts differ', segment: 3, byte: 40 }]
  beforeEach(async () => {
    const cause = JSON.stringify({ report: `reports/${job}/r1.json`, findings })
    await world.say([{ kind: 'over', job, round: 1, error: 'UnsoundFile', cause }])
  })

  it('is where its report lies, and what its owner may do', async () => {
    const told = await lines()
    expect(told).toContain(`Report          s3://results/reports/${job}/r1.json`)
    expect(told).toContainEqual(expect.stringMatching(`^Would clear it  mayfly retry ${job} --why …`))
  })

  it('is that it was excused', async () => {
    await asks('excuse', { job }, 'the payer gave up')
    expect(await lines()).toContain('Would clear it  nothing: it no longer blocks, excused by Ana: the payer gave up')
  })
})
