import { describe, expect, it } from 'vitest'
import * as kinds from '#domain/schedule/kinds'
import { stage } from '#test/functions/stage'

/** `schedule` decides on the same result twice at once; the second is done between two reads of the first. */
const between = async (read: number) => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  await world.launch(job)
  const event = world.result(job)
  let reads = 0
  const meanwhile = async () => {
    reads += 1
    if (reads === read) await world.say([event])
  }
  const { table } = world.deps
  const torn: typeof table = {
    ...table,
    items: async (wanted) => {
      await meanwhile()
      return table.items(wanted)
    },
    page: async (query) => {
      await meanwhile()
      return table.page(query)
    },
  }
  await world.say([event], 1, { table: torn })
  return { world, job, reads }
}

describe('reads that another decision came between', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'before read %i: nothing is quarantined, nothing is counted twice',
    async (n) => {
      const { world, job } = await between(n)
      expect(world.itemsOf('QUARANTINE#main')).toEqual([])
      expect(world.job(job).status).toBe('succeeded')
      const [scope] = world.itemsOf('SCOPE#acme')
      expect(kinds.scope.schema.parse(scope?.value).types['member']).toMatchObject({ running: 0, succeeded: 1 })
    },
  )
})
