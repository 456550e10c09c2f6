import { describe, expect, it } from 'vitest'
import { executionName, roundOfName } from '#domain/execution-name'
import { CALLS } from '#domain/schedule/keys'
import { awsError, stage } from '#test/functions/stage'

const round = (n: number) => ({
  ...{ job: '0123456789abcdef01234567', payerId: 'acme', fileType: 'member', fileName: 'a b.edi', round: n },
})

describe('lesson 10: execution names', () => {
  it('one name for a round of a job, another for its next: a taken name is never asked for by other work', () => {
    expect(executionName(round(1))).toBe(executionName(round(1)))
    expect(executionName(round(1))).not.toBe(executionName(round(2)))
    expect(roundOfName(executionName(round(2)))).toEqual({ job: round(2).job, round: 2 })
  })

  it('a lost answer of StartExecution is asked again with the same name and input: no time is in either', async () => {
    const world = stage()
    const asked: string[] = []
    const start: typeof world.deps.executions.start = async (request) => {
      asked.push(JSON.stringify(request))
      await world.deps.executions.start(request)
      throw awsError('TimeoutError')
    }
    const executions = { ...world.deps.executions, start }
    const { event } = world.drop('acme/member/a')
    await world.say([event], 1, { executions })
    expect(world.itemsOf(CALLS)).toHaveLength(1)
    world.clock.now += 120_000
    await world.say([{ kind: 'tick', at: world.clock.now }], 1, { executions })
    expect(asked).toHaveLength(2)
    expect(asked[1]).toBe(asked[0])
    expect(world.state.executions.executions.size).toBe(1)
  })

  it('"already exists" is a success only while the row says that the round is wanted', async () => {
    const world = stage()
    const { job, event } = world.drop('acme/member/a')
    const start = () => Promise.reject(awsError('TimeoutError'))
    await world.say([event], 1, { executions: { ...world.deps.executions, start } })
    await world.say([{ kind: 'deleted', bucket: 'landing', key: 'acme/member/a', sequencer: '0009' }])
    expect(world.job(job).status).toBe('withdrawn')
    world.clock.now += 120_000
    await world.say([{ kind: 'tick', at: world.clock.now }])
    expect(world.itemsOf(CALLS)).toEqual([])
    expect(world.state.executions.executions.size).toBe(0)
  })
})
