import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import { acme } from '#test/support/acme'
import { jobOf, landed, over, parked, refused } from '#test/support/file-life'
import { row, told, wait, worldOf } from '#test/support/told'

const member = 'acme/member/m'
const claims = 'acme/claims/c'
const extra = 'acme/extra/e'

describe('what waits is told', () => {
  it('first behind a full pool, second there, and behind the first in its lane', () => {
    const world = worldOf(
      [member, extra, 'acme/extra/f', 'acme/other/o'],
      [row('extra', { priority: 200 }), row('other')],
    )
    const standing = { pool: 'p', usedVcpus: 2, maxVcpus: 2, usedInstances: 1, maxInstances: 1 }
    const used = '1 of 1 instances and 2 of 2 vCPUs of pool p in use'
    expect(told(world, extra)).toMatchObject({
      ...{ because: 'pool-full', sentence: `first in its pool, which is full: ${used}`, waitingFor: ['p'] },
      wouldLetItGo: expect.stringMatching(/^the end of a file of its pool/),
      pool: { ...standing, position: 1 },
      lane: { id: 'acme/extra', position: 1, of: 2 },
    })
    expect(told(world, 'acme/other/o')).toMatchObject({
      ...{ because: 'lower-rank', sentence: `number 2 in its pool: ${used}`, waitingFor: [jobOf(extra)] },
      wouldLetItGo: expect.stringMatching(/^those before it in its pool/),
      pool: { ...standing, position: 2 },
      lane: { id: 'acme/other', position: 1, of: 1 },
    })
    expect(told(world, 'acme/extra/f')).toMatchObject({
      ...{ because: 'behind-in-lane', sentence: 'not the first in its lane: the first waits for its turn' },
      ...{ waitingFor: [jobOf(extra)], lane: { id: 'acme/extra', position: 2, of: 2 } },
    })
  })

  it('a lane’s own reason is told to all in it, a head’s only to the head', () => {
    const paused = worldOf([extra, 'acme/extra/f'], [row('extra', { enabled: false })])
    expect(told(paused, 'acme/extra/f')).toMatchObject({ because: 'paused', lane: { position: 2, of: 2 } })
    const grace = row('extra', { after: [{ type: 'member', atLeast: 0 }], graceSeconds: 60 })
    const young = worldOf([extra, 'acme/extra/f'], [grace])
    expect(told(young, 'acme/extra/f')).toMatchObject({ because: 'behind-in-lane', waitingFor: [jobOf(extra)] })
    const refusedHead = worldOf([extra, 'acme/extra/f'], [row('extra')], refused(jobOf(extra), 1, 't2'))
    expect(told(refusedHead, extra).because).toBe('no-capacity')
    expect(told(refusedHead, 'acme/extra/f')).toMatchObject({ because: 'behind-in-lane', waitingFor: [jobOf(extra)] })
  })

  it('behind a file that is being validated', () => {
    const world = acme(1)
    world.run([landed(member)])
    wait(world, 'acme/member/n')
    expect(told(world, 'acme/member/n')).toMatchObject({
      because: 'behind-in-lane',
      sentence: expect.stringContaining('being validated'),
      waitingFor: [jobOf(member)],
    })
  })

  it('in a lane that cannot be read: the reason is named, and who must look', () => {
    const world = worldOf([claims], [])
    const [entry] = world.under(keys.lanePk('acme', 'claims'))
    if (entry) Object.assign(entry, { value: { broken: true } })
    expect(told(world, claims)).toMatchObject({
      because: 'internal-error',
      sentence: expect.stringMatching(/^ZodError: /),
      wouldLetItGo: expect.stringMatching(/^a person who looks/),
    })
  })

  it('for a moment, without an entry in its lane, or on no board yet', () => {
    const world = worldOf([claims], [])
    for (const { pk, sk } of world.under(keys.lanePk('acme', 'claims'))) world.remove({ pk, sk })
    expect(told(world, claims)).toMatchObject({ because: 'waiting', sentence: 'its lane is being refreshed' })
    const ready = worldOf([claims], [])
    ready.rows.push(row('claims', { after: [], graceSeconds: 0 }))
    expect(told(ready, claims)).toMatchObject({
      ...{ because: 'ready', sentence: 'about to be admitted', wouldLetItGo: 'nothing: it is on its way' },
      waitingFor: [],
    })
  })

  it('in the lane of its own cycle', () => {
    const world = worldOf(['acme/extra/2026/e'], [row('extra', { scope: 'cycle', enabled: false })])
    const found = told(world, 'acme/extra/2026/e')
    expect(found).toMatchObject({ because: 'paused', lane: { id: 'acme/2026/extra', position: 1, of: 1 } })
  })

  it('since it arrived, parked, started or ended, whatever came last', () => {
    const world = acme(1)
    const since = () => told(world, member).since - 1_000_000_000_000
    world.run([landed(member)])
    world.now += 1
    expect(since()).toBe(0)
    world.pools.length = 0
    world.run([parked(jobOf(member))])
    world.now += 1
    expect(since()).toBe(1)
    world.pools.push({ pool: 'p', maxVcpus: 2, maxInstances: 1 })
    world.run([{ kind: 'pool-edited', pool: 'p' }])
    world.now += 1
    expect(since()).toBe(2)
    world.run([over(jobOf(member), 'ProcessorFailed')])
    world.now += 1
    expect(since()).toBe(3)
  })
})
