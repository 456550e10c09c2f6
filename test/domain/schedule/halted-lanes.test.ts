import { describe, expect, it } from 'vitest'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, over, parked } from '#test/support/file-life'
import { memoryWorld } from '#test/support/memory-world'

const halting = { payerId: 'acme', fileType: 'member', haltOnFailure: true }

describe('a lane that a failed file halts', () => {
  it('goes on when its row is edited to haltOnFailure: false', () => {
    const world = acme(2, [halting])
    const [m1, m2] = [jobOf('acme/member/m1'), jobOf('acme/member/m2')]
    world.run([landed('acme/member/m1'), landed('acme/member/m2'), parked(m1), parked(m2)])
    world.run([over(m1, 'ProcessorFailed')])
    expect(world.job(m2).status).toBe('waiting')
    world.rows[1] = { ...halting, haltOnFailure: false }
    world.run([{ kind: 'row-edited', payerId: 'acme', fileType: 'member' }])
    expect(world.job(m2).status).toBe('starting')
  })
})

describe('an ordered lane', () => {
  it('lets a failed file pass when its row is edited to ordered: false', () => {
    const world = acme(2, [halting])
    const [m1, m2] = [jobOf('acme/member/m1'), jobOf('acme/member/m2')]
    world.run([landed('acme/member/m1'), landed('acme/member/m2'), parked(m1), parked(m2)])
    world.run([over(m1, 'ProcessorFailed')])
    world.rows[1] = { ...halting, ordered: false }
    world.run([{ kind: 'row-edited', payerId: 'acme', fileType: 'member' }])
    expect(world.job(m2).status).toBe('starting')
  })

  it('runs one at a time, also when an older file moves in before the one at work', () => {
    const world = memoryWorld({ pools: [{ pool: 'p', maxVcpus: 8, maxInstances: 4 }] })
    const [m1, m2] = [jobOf('bolt/member/m1'), jobOf('bolt/member/m2')]
    world.run([landed('bolt/member/m1')])
    world.rows.push({ payerId: 'bolt', fileType: '*', pool: 'p', graceSeconds: 0 })
    world.run([landed('bolt/member/m2')])
    world.run([parked(m2)])
    world.run([{ kind: 'row-edited', payerId: 'bolt', fileType: '*' }])
    world.run([parked(m1)])
    expect([world.job(m1).status, world.job(m2).status]).toEqual(['waiting', 'starting'])
    finish(world, m2)
    expect(world.job(m1).status).toBe('starting')
  })
})
