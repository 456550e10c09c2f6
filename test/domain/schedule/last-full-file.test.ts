import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, over, parked } from '#test/support/file-life'
import type { MemoryWorld } from '#test/support/memory-world'

const validated = (full: boolean, counts: Record<string, number>) => ({ validation: { full, counts, report: 'r' } })
const last = (world: MemoryWorld, type = 'member') => world.get(kinds.lastFull, 'acme', type)
const run = (world: MemoryWorld, key: string, full: boolean, counts: Record<string, number>): string => {
  const job = jobOf(key)
  world.run([landed(key)])
  world.run([parked(job, `${job}-t`, validated(full, counts))])
  finish(world, job)
  return job
}

describe('the payer’s last full file', () => {
  it('is remembered with how many members it has; changes, and files without members, are not', () => {
    const world = acme(1)
    run(world, 'acme/member/a', false, { members: 5 })
    run(world, 'acme/member/b', true, { segments: 9 })
    expect(last(world)).toBeUndefined()
    const job = run(world, 'acme/member/c', true, { members: 100 })
    expect(last(world)).toEqual({ job, order: world.job(job).order, members: 100 })
    run(world, 'acme/member/d', false, { members: 1 })
    expect(last(world)?.members).toBe(100)
    run(world, 'acme/member/e', true, { members: 90 })
    expect(last(world)?.members).toBe(90)
  })

  it('is the one that arrived last, not the one that ran last', () => {
    const world = acme(2, [{ payerId: 'acme', fileType: 'member', ordered: false }])
    const [a, b] = ['acme/member/a', 'acme/member/b'].map((key) => jobOf(key))
    world.run([landed('acme/member/a')])
    world.run([landed('acme/member/b')])
    world.run([parked(a ?? '', 'ta', validated(true, { members: 1 }))])
    world.run([parked(b ?? '', 'tb', validated(true, { members: 2 }))])
    finish(world, b ?? '')
    finish(world, a ?? '')
    expect(last(world)).toMatchObject({ job: b, members: 2 })
  })

  it('clears what failed before it, which then says so, and nothing that came after', () => {
    const world = acme(3, [{ payerId: 'acme', fileType: 'member', ordered: false, haltOnFailure: false }])
    const names = ['acme/member/a', 'acme/member/b', 'acme/member/c']
    for (const key of names) world.run([landed(key)])
    const [a = '', b = '', c = ''] = names.map((key) => jobOf(key))
    world.run([parked(b, 'tb', validated(true, { members: 1 }))])
    world.run([over(a, 'UnsoundFile'), over(c, 'UnsoundFile')])
    finish(world, b)
    expect([world.job(a).blocks, world.job(c).blocks]).toEqual([false, true])
    expect(world.get(kinds.scope, 'acme')?.types['member']?.blocking).toEqual({ [c]: 'rejected' })
  })
})
