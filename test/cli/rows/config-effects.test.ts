import { expect, it } from 'vitest'
import { putRow } from '#adapters/memory/policy-tables'
import { effectsOf } from '#cli/rows/config-effects'
import { type Stage, stage } from '#test/functions/stage'

/** A pool for one machine, taken by `acme/extra`; two payers and a lane of acme wait for it. */
const waiting = async () => {
  const world = stage(1, [{ fileType: 'extra' }, { fileType: 'more', priority: 50 }])
  putRow(world.state.policies, { payerId: 'zeta', fileType: '*', pool: 'p', priority: 100 })
  await world.admit('acme/extra/running')
  await world.admit('acme/more/b')
  await world.admit('zeta/member/a')
  await world.admit('zeta/member/c')
  return world
}

const edited = (
  { deps, clock }: Stage,
  rows: readonly Record<string, unknown>[],
  pools = [{ pool: 'p', maxVcpus: 2, maxInstances: 1 }],
) =>
  effectsOf(
    { sources: deps },
    {
      rows: async (payerId) => rows.filter((row) => row['payerId'] === payerId),
      pool: async (name) => pools.find(({ pool }) => pool === name),
    },
    clock.now,
  )

const acme = { payerId: 'acme', fileType: '*', pool: 'p', graceSeconds: 0 }
const zeta = { payerId: 'zeta', fileType: '*', pool: 'p', priority: 100 }
const extra = { payerId: 'acme', fileType: 'extra' }
const more = { payerId: 'acme', fileType: 'more', priority: 50 }

it('an edit that changes nothing moves nothing', async () => {
  const world = await waiting()
  expect(await edited(world, [acme, extra, more, zeta])).toMatchObject({ moved: [], letIn: [], more: false })
})

it('a higher priority moves lanes, and tells their place and how many files wait in them', async () => {
  const world = await waiting()
  const { moved } = await edited(world, [acme, extra, { ...more, priority: 200 }, zeta])
  expect(moved).toEqual([
    {
      ...{ lane: 'acme/more', waiting: 1 },
      before: { because: 'ready', pool: 'p', priority: 50, place: 2 },
      after: { because: 'ready', pool: 'p', priority: 200, place: 1 },
    },
    {
      ...{ lane: 'zeta/member', waiting: 2 },
      before: { because: 'ready', pool: 'p', priority: 100, place: 1 },
      after: { because: 'ready', pool: 'p', priority: 100, place: 2 },
    },
  ])
})

it.each([
  { what: 'a pause', rows: [acme, extra, more, { ...zeta, enabled: false }], because: 'paused' },
  { what: 'a pool that nobody has', rows: [acme, extra, more, { ...zeta, pool: 'nope' }], because: 'unknown-pool' },
  {
    what: 'a row that does not parse: the last good one holds',
    rows: [acme, extra, more, { ...zeta, priority: 'x' }],
    because: 'ready',
  },
])('$what', async ({ rows, because }) => {
  const world = await waiting()
  await world.say([{ kind: 'row-edited', payerId: 'zeta', fileType: '*' }]) // kept as the last good one
  const { moved } = await edited(world, rows)
  const zetas = moved.find(({ lane }) => lane === 'zeta/member')
  expect(zetas?.after.because ?? 'ready').toBe(because)
})

it('a row for a payer that has none lets its files in', async () => {
  const world = await waiting()
  await world.say([world.drop('newcomer/claims/x').event, world.drop('newcomer/claims/y').event])
  await world.say([world.drop('stranger/claims/x').event])
  const { letIn } = await edited(world, [acme, extra, more, zeta, { payerId: 'newcomer', fileType: '*' }])
  expect(letIn).toEqual([{ payerId: 'newcomer', fileType: 'claims', files: 2 }])
})
