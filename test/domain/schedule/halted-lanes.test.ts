import { describe, expect, it } from 'vitest'
import { acme } from '#test/support/acme'
import { jobOf, landed, over, parked } from '#test/support/file-life'

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
