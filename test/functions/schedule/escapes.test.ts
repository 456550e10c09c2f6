import { describe, expect, it } from 'vitest'
import { awsError, stage } from '#test/functions/stage'

const died = new Promise<never>(() => {})
const cancelled = (Code: string): Error =>
  Object.assign(awsError('TransactionCanceledException', 'cancelled'), {
    CancellationReasons: [{ Code: 'None' }, { Code }],
  })

/** The same message again and again, as SQS would give it: received the fourth time, the fifth … */
const redeliver = async (world: ReturnType<typeof stage>, event: unknown, how: 'dies' | Error): Promise<void> => {
  for (let receives = 4; receives <= 6; receives += 1) {
    const table = { ...world.deps.table, commit: () => (how === 'dies' ? died : Promise.reject(how)) }
    await Promise.race([world.say([event], receives, { table }), new Promise((resolve) => setTimeout(resolve, 5))])
  }
}

describe('a message that ends whoever takes it up', () => {
  it.each([
    { what: 'the function dies over it', how: 'dies' as const },
    { what: 'DynamoDB will never take its transaction', how: awsError('ValidationException', 'Item size') },
    { what: 'DynamoDB cancels it for an item too large', how: cancelled('ValidationError') },
  ])('$what: received the seventh time it is set aside unread, and what comes after it is handled', async ({ how }) => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    await redeliver(world, event, how)
    expect(await world.say([event], 7)).toEqual({ batchItemFailures: [] })
    expect(world.state.schedule.jobs.has(job)).toBe(false)
    expect(world.itemsOf('QUARANTINE#main')).toMatchObject([
      { value: { reason: expect.stringContaining('taken up 3 times') } },
    ])
    const next = world.drop('acme/member/b')
    await world.say([next.event])
    expect(world.job(next.job).status).toBe('validating')
  })

  it.each([
    { what: 'throttled', how: awsError('ProvisionedThroughputExceededException', 'slow down') },
    { what: 'in conflict with others', how: cancelled('TransactionConflict') },
  ])('$what, it is never set aside, however often it comes', async ({ how }) => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    await redeliver(world, event, how)
    await redeliver(world, event, how)
    expect(await world.say([event], 60)).toEqual({ batchItemFailures: [] })
    expect(world.job(job).status).toBe('validating')
    expect(world.itemsOf('BEGUN#main')).toEqual([])
  })
})
