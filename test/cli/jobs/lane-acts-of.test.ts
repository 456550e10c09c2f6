import { expect, it } from 'vitest'
import { JobRow } from '#cli/jobs/job-row'
import { laneActsOf } from '#cli/jobs/lane-acts-of'
import { ownerRequest } from '#cli/owners/owner-request'
import { stage } from '#test/functions/stage'

it('tells of each job what was asked for its own lane while it stood there, and reads a scope once', async () => {
  const world = stage()
  const say = async (bodies: readonly unknown[]) => {
    world.clock.now += 60_000
    await world.say(bodies)
  }
  const ask = (action: 'hold' | 'waive', scope: string, why: string) =>
    say([ownerRequest({ action, who: 'Ana', why, lane: { scope, type: 'claims' } })])
  await ask('waive', 'acme', 'of files long gone')
  const files = ['acme/claims/a.837', 'acme/claims/b.837', 'acme/member/m.834'].map((key) => world.drop(key))
  await say(files.map(({ event }) => event))
  await ask('waive', 'acme', 'no members will come')
  const late = world.drop('acme/claims/late.837')
  await say([late.event])
  await ask('hold', 'acme', 'an audit')

  const held = world.drop('nobody/claims/x.837')
  await say([held.event])
  const rows = [...world.state.schedule.jobs.values()].map((record) => JobRow.parse(record))
  let asked = 0
  const table = {
    ...world.deps.table,
    items: (keys: Parameters<typeof world.deps.table.items>[0]) => {
      asked += keys.length
      return world.deps.table.items(keys)
    },
  }
  const found = await laneActsOf({ ...world.deps, table }, rows, world.clock.now)
  const whys = ({ job }: { job: string }) => found.get(job)?.map(({ action, why }) => `${action}: ${why}`)
  expect(files.map(whys)).toEqual([
    ['waive: no members will come', 'hold: an audit'],
    ['waive: no members will come', 'hold: an audit'],
    undefined,
  ])
  expect(whys(late)).toEqual(['hold: an audit'])
  expect(whys(held)).toBeUndefined()
  expect(asked).toBe(1)
})
