import { describe, expect, it } from 'vitest'
import { type Deciding, openBooks } from '#domain/schedule/books'
import type { Job } from '#domain/schedule/items/job'
import type { ScopeType } from '#domain/schedule/items/scope'
import * as kinds from '#domain/schedule/kinds'
import { clearBlocking, endRound } from '#domain/schedule/rounds'
import { acme } from '#test/support/acme'
import { jobOf, landed } from '#test/support/file-life'

/** A scope with so many blocking jobs that one more is only counted. */
const crowded = (named: number, more?: number) => {
  const world = acme()
  world.run([landed('acme/member/m1')])
  const scope = world.get(kinds.scope, 'acme')
  const member = scope?.types['member']
  if (!scope || !member) throw new Error('no lane acme#member')
  const blocking = Object.fromEntries(Array.from({ length: named }, (_, n) => [`j${n}`, 'failed' as const]))
  const crowd: ScopeType = { ...member, blocking, ...(more === undefined ? {} : { blockingMore: more }) }
  world.put(kinds.scope, ['acme'], { ...scope, types: { ...scope.types, member: crowd } })
  const after = (part: (books: ReturnType<typeof openBooks>, job: Job) => Deciding<void>): ScopeType | undefined => {
    const books = openBooks(world.now, 0)
    const deciding = part(books, world.job(jobOf('acme/member/m1')))
    let step = deciding.next()
    while (!step.done) step = deciding.next(world.answer(step.value))
    const cell = books.changed.has('SCOPE#acme\nSTATE') ? books.cells.get('SCOPE#acme\nSTATE') : undefined
    return cell && kinds.scope.schema.parse(cell.value).types['member']
  }
  return { world, after }
}
const names = (type: ScopeType | undefined) => Object.keys(type?.blocking ?? {}).length

describe('blocking jobs beyond the thousand that a scope names', () => {
  it.each([
    { named: 999, more: undefined, left: [1000, undefined] },
    { named: 1000, more: undefined, left: [1000, 1] },
    { named: 1000, more: 7, left: [1000, 8] },
  ])('$named named and $more counted: one more failure makes $left', ({ named, more, left }) => {
    const type = crowded(named, more).after((books, job) => endRound(books, job, { status: 'failed', because: 'x' }))
    expect([names(type), type?.blockingMore]).toEqual(left)
    expect(type).toMatchObject({ unfinished: 0 })
  })

  it.each([
    { more: 7, left: 6 },
    { more: undefined, left: 0 },
  ])('one that is not named is cleared from the $more counted: $left', ({ more, left }) => {
    const type = crowded(1000, more).after((books, job) => clearBlocking(books, { ...job, blocks: true }))
    expect([names(type), type?.blockingMore]).toEqual([1000, left])
  })

  it('one that is named loses its name only', () => {
    const type = crowded(1000, 7).after((books, job) => clearBlocking(books, { ...job, job: 'j3', blocks: true }))
    expect([names(type), type?.blocking['j3'], type?.blockingMore]).toEqual([999, undefined, 7])
  })

  it('one that does not block is cleared from nothing', () => {
    const { after } = crowded(1000, 7)
    expect(after((books, job) => clearBlocking(books, { ...job, blocks: false }))).toBeUndefined()
  })
})

describe('a job that ended', () => {
  it.each([
    ['failed', true],
    ['rejected', true],
    ['withdrawn', false],
    ['superseded', false],
    ['succeeded', false],
  ] as const)('%s blocks: %s', (status, blocks) => {
    const { world } = crowded(0)
    const books = openBooks(world.now, 0)
    const deciding = endRound(books, world.job(jobOf('acme/member/m1')), { status, because: 'x' })
    let step = deciding.next()
    while (!step.done) step = deciding.next(world.answer(step.value))
    const ended = kinds.job.schema.parse(books.cells.get('JOB#acme-member-m1-1\nSTATE')?.value)
    expect(ended).toMatchObject({ status, because: 'x', blocks, endedAt: world.now })
    expect('sentence' in ended).toBe(false)
  })
})
