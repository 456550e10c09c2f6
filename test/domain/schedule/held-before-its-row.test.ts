import { describe, expect, it } from 'vitest'
import { acme } from '#test/support/acme'
import { jobOf, landed, over, parked } from '#test/support/file-life'

const ask = (action: 'hold' | 'resume' | 'retry', job: string) => ({
  ...{ kind: 'request' as const, id: `${action}-${job}`, action, job, who: 'Ann', why: 'a test' },
})

describe('a file that its owner holds', () => {
  it('stays held when its payer becomes known afterwards', () => {
    const world = acme()
    const job = jobOf('bolt/member/m1')
    world.run([landed('bolt/member/m1')])
    world.run([ask('hold', job)])
    world.rows.push({ payerId: 'bolt', fileType: '*', pool: 'p', graceSeconds: 0 })
    world.run([{ kind: 'row-edited', payerId: 'bolt', fileType: '*' }])
    world.run([parked(job)])
    expect(world.job(job).status).toBe('waiting')
    world.run([ask('resume', job)])
    expect(world.job(job).status).toBe('starting')
  })

  it('stays held in the round that its owner retries', () => {
    const world = acme()
    const job = jobOf('acme/member/m1')
    world.run([landed('acme/member/m1')])
    world.run([ask('hold', job)])
    world.run([over(job, 'States.Timeout')])
    world.run([ask('retry', job)])
    world.run([{ ...parked(job), round: 2 }])
    expect(world.job(job).status).toBe('waiting')
  })
})
