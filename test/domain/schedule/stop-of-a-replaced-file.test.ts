import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { deleted, jobOf, landed, launch, over, parked } from '#test/support/file-life'

describe('a file at work that was replaced or deleted', () => {
  it.each([
    { what: landed('acme/member/m', 2), end: 'superseded' },
    { what: deleted('acme/member/m', '0099'), end: 'withdrawn' },
  ])('ends $end, though its owner asks to stop it too', ({ what, end }) => {
    const world = acme()
    const job = jobOf('acme/member/m')
    world.run([landed('acme/member/m'), parked(job)])
    launch(world, job, 'i-m')
    world.run([what])
    world.run([{ kind: 'request', id: 'stop-it-now', action: 'stop', job, who: 'Ann', why: 'a test' }])
    expect(world.get(kinds.request, 'stop-it-now')?.done).toBe(false)
    world.run([over(job, 'JobStopped')])
    expect(world.job(job).status).toBe(end)
  })
})
