import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { isNewer } from '#domain/schedule/register'
import { acme } from '#test/support/acme'
import {
  deleted,
  ended,
  jobOf,
  landed,
  launch,
  over,
  parked,
  resultWritten,
  succeed,
  writeResult,
} from '#test/support/file-life'
import { memoryWorld } from '#test/support/memory-world'

const member = 'acme/member/m1'
const m1 = jobOf(member)
const m1v2 = jobOf(member, 2)
const start = (job: string) => expect.objectContaining({ call: 'start-execution', job, round: 1 })

describe('isNewer (lessons 8: padded on the right, compared as text)', () => {
  it.each([
    ['0055', '0054', true],
    ['0054', '0055', false],
    ['0055', '0055', false],
    ['00550', '0055', false],
    ['00551', '0055', true],
    ['0056', '00559', true],
    ['A', '9', true],
  ])('%s after %s: %s', (a, b, newer) => {
    expect(isNewer(a, b)).toBe(newer)
  })
})

describe('a file lands', () => {
  it('is registered once, however often it is announced', () => {
    const world = acme()
    expect(world.run([landed(member), landed(member)])).toEqual([start(m1)])
    expect(world.run([landed(member)])).toEqual([])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.unfinished).toBe(1)
    expect(world.jobs()).toHaveLength(1)
  })

  it.each([
    ['notes.txt', 'unroutable-key'],
    ['nobody/member/m1', 'unknown-payer'],
    ['acme/provider/p1', 'unknown-type'],
    // Names that every JavaScript object answers to are names like any other.
    ['acme/constructor/x', 'unknown-type'],
  ])('%s is held without an execution: %s', (key, because) => {
    const world = acme()
    expect(world.run([landed(key)])).toEqual([])
    expect(world.job(jobOf(key))).toMatchObject({ status: 'registered', because })
    expect(world.under(keys.HELD_FILES)).toHaveLength(1)
  })

  it('a held file moves by itself when its row appears', () => {
    const world = acme()
    const key = 'newcomer/member/m1'
    world.run([landed(key)])
    world.rows.push({ payerId: 'newcomer', fileType: 'member', pool: 'p' })
    const calls = world.run([{ kind: 'row-edited', payerId: 'newcomer', fileType: 'member' }])
    expect(calls).toContainEqual(start(jobOf(key)))
    expect(world.job(jobOf(key))).toMatchObject({ status: 'validating', scope: 'newcomer' })
    expect(world.job(jobOf(key)).because).toBeUndefined()
    expect(world.under(keys.HELD_FILES)).toHaveLength(0)
  })

  it.each([
    ['the payer', (n: number) => `newcomer/member/m${n}`, { payerId: 'newcomer', fileType: '*' }],
    ['the type, of every payer', (n: number) => `acme/provider/p${n}`, { payerId: '*', fileType: 'provider' }],
  ])('all held files move, however many: %s', (_, keyOf, row) => {
    const world = acme()
    // Held for ever, and first in order: they must not stand before those that can move.
    for (let n = 10; n < 35; n++) world.run([landed(`aaa/member/m${n}`)])
    for (let n = 10; n < 45; n++) world.run([landed(keyOf(n))])
    world.rows.push(row)
    const inbox = [{ kind: 'row-edited' as const, ...row }]
    for (let sent = 0; inbox.length > 0; sent++) {
      if (sent > 50) throw new Error('an edit that never ends')
      for (const call of world.run(inbox.splice(0))) if (call.call === 'send') inbox.push(JSON.parse(call.body))
    }
    expect(world.jobs().filter(({ status }) => status === 'registered')).toHaveLength(25)
    expect(world.jobs().filter(({ status }) => status === 'validating')).toHaveLength(35)
  })

  it('the row is read when it is needed, not remembered from before', () => {
    const world = memoryWorld({ rows: [{ payerId: '*', fileType: '*' }] })
    world.run([landed(member)])
    expect(world.job(m1).because).toBe('unknown-payer')
    world.rows.push({ payerId: 'acme', fileType: '*' })
    world.run([landed('acme/member/m2')])
    expect(world.job(jobOf('acme/member/m2')).status).toBe('validating')
  })

  it('a payer in cycle scope gets a scope of its cycle; in payer scope the cycle is only a name', () => {
    for (const [scope, expected] of [
      ['cycle', 'acme#2026-11'],
      ['payer', 'acme'],
    ] as const) {
      const world = acme(2, [{ payerId: 'acme', fileType: 'member', scope }])
      world.run([landed('acme/member/2026-11/m1')])
      expect(world.job(jobOf('acme/member/2026-11/m1'))).toMatchObject({ scope: expected, cycle: '2026-11' })
    }
  })
})

describe('a newer version supersedes', () => {
  it('while it is validated or waits: it ends, its place is free, its tokens are told', () => {
    const world = acme()
    world.pools.length = 0
    world.run([landed(member)])
    world.run([parked(m1, 't1')])
    const calls = world.run([landed(member, 2)])
    expect(world.job(m1)).toMatchObject({ status: 'superseded', because: 'newer-version' })
    expect(calls).toContainEqual(expect.objectContaining({ call: 'fail-tokens', tokens: ['t1'] }))
    expect(world.under(keys.lanePk('acme', 'member')).map(({ value }) => value)).toEqual([
      expect.objectContaining({ job: m1v2 }),
    ])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.unfinished).toBe(1)
  })

  it('while it runs: it is stopped, holds its capacity until it is over, and then ends as superseded', () => {
    const world = acme(1)
    world.run([landed(member), parked(m1)])
    launch(world, m1, 'i-m1')
    const calls = world.run([landed(member, 2), parked(m1v2)])
    expect(calls).toContainEqual({ call: 'terminate', instanceId: 'i-m1' })
    expect(calls).toContainEqual(expect.objectContaining({ call: 'answer-attempt', job: m1, error: 'JobStopped' }))
    expect([world.job(m1).status, world.job(m1v2).status]).toEqual(['starting', 'waiting'])
    world.run([over(m1, 'JobStopped')])
    expect([world.job(m1).status, world.job(m1v2).status]).toEqual(['superseded', 'starting'])
  })

  it('after it failed: it no longer blocks', () => {
    const world = acme()
    world.run([landed(member), parked(m1), over(m1, 'ProcessorFailed')])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({ [m1]: 'failed' })
    world.run([landed(member, 2)])
    expect(world.job(m1).status).toBe('superseded')
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({})
  })

  it('after it succeeded: it stays succeeded', () => {
    const world = acme()
    succeed(world, member)
    world.run([landed(member, 2)])
    expect(world.job(m1).status).toBe('succeeded')
  })

  it('an older version that is announced late is registered as superseded, and nothing else', () => {
    const world = acme()
    world.run([landed(member, 2)])
    expect(world.run([landed(member, 1)])).toEqual([])
    expect(world.job(m1).status).toBe('superseded')
    expect(world.job(m1v2).status).toBe('validating')
    expect(world.get(kinds.scope, 'acme')?.types['member']?.unfinished).toBe(1)
  })
})

describe('the owner deletes a key', () => {
  it('before its file is announced: the file is registered as withdrawn', () => {
    const world = acme()
    world.run([deleted(member, '0019')])
    expect(world.run([landed(member, 1, '0010')])).toEqual([])
    expect(world.job(m1)).toMatchObject({ status: 'withdrawn', because: 'deleted-by-owner' })
  })

  it('and drops it anew: the new one runs', () => {
    const world = acme()
    world.run([deleted(member, '0019')])
    expect(world.run([landed(member, 2, '0020')])).toEqual([start(m1v2)])
  })

  it('an older deletion that comes late changes nothing; nor does the same one twice', () => {
    const world = acme()
    world.run([landed(member, 2, '0020')])
    world.run([deleted(member, '0019')])
    expect(world.job(m1v2).status).toBe('validating')
    world.run([deleted(member, '0021')])
    expect(world.run([deleted(member, '0021')])).toEqual([])
    expect(world.job(m1v2).status).toBe('withdrawn')
  })

  it('a held file leaves the held ones', () => {
    const world = acme()
    world.run([landed('nobody/member/m1'), deleted('nobody/member/m1', '0099')])
    expect(world.under(keys.HELD_FILES)).toHaveLength(0)
    expect(world.job(jobOf('nobody/member/m1')).status).toBe('withdrawn')
  })

  it('the last unfinished member file: what waited for it still needs a success', () => {
    const world = acme()
    const claims = jobOf('acme/claims/c1')
    world.run([landed(member), landed('acme/claims/c1'), parked(claims), deleted(member, '0099')])
    expect(world.job(claims).status).toBe('waiting')
    succeed(world, 'acme/member/m2')
    expect(world.job(claims).status).toBe('starting')
  })
})

describe('a later success clears what failed before it', () => {
  const cleared = (full: boolean, row: object = {}) => {
    const world = acme(2, [{ payerId: 'acme', fileType: 'member', haltOnFailure: false, ...row }])
    world.run([landed(member), landed('acme/member/m2'), over(m1, 'UnsoundFile', '{}')])
    const m2 = jobOf('acme/member/m2')
    world.run([parked(m2, 't', { validation: { full, counts: {}, report: 'r' } })])
    launch(world, m2, 'i-m2')
    writeResult(world, 'i-m2')
    world.run([resultWritten('i-m2')])
    return world.get(kinds.scope, 'acme')?.types['member']
  }
  it.each([
    ['a full file', true, {}, {}],
    ['a change file', false, {}, { [m1]: 'rejected' }],
    ['a change file, with laterClears', false, { laterClears: true }, {}],
  ])('%s', (_, full, row, blocking) => {
    expect(cleared(full, row)).toMatchObject({ succeeded: 1, blocking })
  })

  it('an earlier success clears nothing', () => {
    const world = acme()
    world.run([landed(member), landed('acme/member/m2'), over(jobOf('acme/member/m2'), 'UnsoundFile', '{}')])
    world.run([parked(m1, 't', { validation: { full: true, counts: {}, report: 'r' } })])
    launch(world, m1, 'i-m1')
    writeResult(world, 'i-m1')
    world.run([resultWritten('i-m1')])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({ [jobOf('acme/member/m2')]: 'rejected' })
  })
})

it('a rejected file says what was wrong, in codes and positions', () => {
  const world = acme()
  const findings = [{ code: 'TA1-022', message: 'no ISA', segment: 1, byte: 0 }]
  const cause = JSON.stringify({ errorMessage: JSON.stringify({ report: 'reports/x.json', findings }) })
  world.run([landed(member), over(m1, 'UnsoundFile', cause)])
  expect(world.job(m1)).toMatchObject({ status: 'rejected', because: 'TA1-022', sentence: 'no ISA', findings })
  expect(world.run([ended(m1, 'FAILED', 'UnsoundFile')])).toEqual([])
})
