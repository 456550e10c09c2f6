import { describe, expect, it } from 'vitest'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, parked } from '#test/support/file-life'

/** A pool of four vCPUs of which two are in use; `big` needs four, `small` two. */
const halfFull = (rows: Record<string, unknown> = {}) => {
  const world = acme(2, [
    { payerId: 'acme', fileType: 'first', pool: 'p' },
    { payerId: 'acme', fileType: 'big', pool: 'p', instanceTypes: ['m7i.xlarge'], priority: 900, ...rows },
    { payerId: 'acme', fileType: 'small', pool: 'p', priority: 100 },
  ])
  for (const key of ['acme/first/f', 'acme/big/b', 'acme/small/s']) {
    world.run([landed(key)])
    world.run([parked(jobOf(key))])
  }
  return world
}
const statuses = (world: ReturnType<typeof acme>) =>
  ['acme/big/b', 'acme/small/s'].map((key) => world.job(jobOf(key)).status)

describe('lesson 20: the head of a pool', () => {
  it('that does not fit is overtaken by nobody of lower rank, though that one would fit', () => {
    const world = halfFull()
    expect(statuses(world)).toEqual(['waiting', 'waiting'])
    finish(world, jobOf('acme/first/f'))
    expect(statuses(world)).toEqual(['starting', 'waiting'])
    finish(world, jobOf('acme/big/b'))
    expect(statuses(world)).toEqual(['succeeded', 'starting'])
  })

  it.each([
    ['is paused', { enabled: false }],
    ['can never fit', { instanceTypes: ['c7i.8xlarge'] }],
    ['waits for its gate', { after: [{ type: 'member', atLeast: 1 }] }],
  ])('is one that is ready: a lane that %s stands in nobody’s way', (_, rows) => {
    expect(statuses(halfFull(rows))).toEqual(['waiting', 'starting'])
  })
})
