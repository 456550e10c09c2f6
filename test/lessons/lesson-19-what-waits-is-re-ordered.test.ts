import { describe, expect, it } from 'vitest'
import * as keys from '#domain/schedule/keys'
import { acme } from '#test/support/acme'
import { finish, jobOf, landed, parked } from '#test/support/file-life'

/** One machine; one file at work; `waiting` files of one type wait, and then one of another. */
const twoLanesWait = (waiting: number) => {
  const world = acme(1, [
    { payerId: 'acme', fileType: 'bulk', pool: 'p' },
    { payerId: 'acme', fileType: 'urgent', pool: 'p' },
  ])
  const files = ['acme/bulk/b0', ...Array.from({ length: waiting }, (_, n) => `acme/bulk/b${n + 1}`), 'acme/urgent/u']
  for (const key of files) {
    world.run([landed(key)])
    world.run([parked(jobOf(key))])
  }
  return world
}
const status = (world: ReturnType<typeof acme>, key: string) => world.job(jobOf(key)).status
const edited = { kind: 'row-edited', payerId: 'acme', fileType: 'urgent' } as const

describe('lesson 19: what waits is re-ordered by an edit', () => {
  it('without one the older lane goes first; with a higher priority the other does', () => {
    for (const priority of [undefined, 900]) {
      const world = twoLanesWait(2)
      world.rows.splice(2, 1, { payerId: 'acme', fileType: 'urgent', pool: 'p', ...(priority ? { priority } : {}) })
      world.run([edited])
      finish(world, jobOf('acme/bulk/b0'))
      expect(status(world, 'acme/urgent/u')).toBe(priority ? 'starting' : 'waiting')
      expect(status(world, 'acme/bulk/b1')).toBe(priority ? 'waiting' : 'starting')
    }
  })

  it.each([2, 200])('re-ranking a lane writes the same few items when %i files wait in it', (waiting) => {
    const world = twoLanesWait(waiting)
    world.rows.splice(1, 1, { payerId: 'acme', fileType: 'bulk', pool: 'p', priority: 900 })
    const { writes } = world.decide([{ ...edited, fileType: 'bulk' }])
    const lanes = writes.filter(({ key }) => /^(SCOPE|LANE|POOL|JOB|DUE)/.test(key.pk))
    expect(lanes.map(({ key }) => key.pk.split('#')[0])).toEqual(['POOL', 'POOL', 'SCOPE'])
    expect(lanes.filter(({ key }) => key.sk.startsWith(keys.BOARD))).toHaveLength(2)
  })
})
