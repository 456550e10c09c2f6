import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import { acme } from '#test/support/acme'
import { jobOf, landed, parked } from '#test/support/file-life'

const m1 = jobOf('acme/member/m1')
const quiet = { payerId: 'acme', fileType: 'member', quietSeconds: 60 }

describe('quietSeconds', () => {
  it('nothing of the lane starts until no file arrived in it for so long, to the millisecond', () => {
    const world = acme(2, [quiet])
    world.run([landed('acme/member/m1'), parked(m1)])
    expect(world.under(keys.DUE).map(({ value }) => value)).toEqual([
      { scope: 'acme', at: world.now + 60_000, reason: 'quiet-period' },
    ])
    world.now += 59_999
    world.run([{ kind: 'due', sk: '0#acme#member', scope: 'acme' }])
    expect(world.job(m1).status).toBe('waiting')
    world.now += 1
    world.run([{ kind: 'due', sk: '0#acme#member', scope: 'acme' }])
    expect(world.job(m1).status).toBe('starting')
  })

  it('counts from the latest arrival, not from the head’s', () => {
    const world = acme(2, [quiet])
    world.run([landed('acme/member/m1'), parked(m1)])
    world.now += 50_000
    world.run([landed('acme/member/m2')])
    world.now += 50_000
    world.run([{ kind: 'due', sk: '0#acme#member', scope: 'acme' }])
    expect(world.job(m1).status).toBe('waiting')
    world.now += 10_000
    world.run([{ kind: 'due', sk: '0#acme#member', scope: 'acme' }])
    expect(world.job(m1).status).toBe('starting')
  })

  it('0 waits for nothing, not even in the millisecond of the arrival', () => {
    const world = acme(2, [{ ...quiet, quietSeconds: 0 }])
    world.now = 0
    world.run([landed('acme/member/m1'), parked(m1)])
    expect(world.job(m1).status).toBe('starting')
  })
})
