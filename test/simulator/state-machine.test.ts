import { describe, expect, it } from 'vitest'
import { Definition } from '../../simulator/asl/definition.ts'
import { type Outcome, stateMachine } from '../../simulator/asl/state-machine.ts'
import { randomOf } from '../../simulator/random.ts'
import { aClock, runOut } from './a-clock.ts'

const task = (more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: { input: '{% $states.input %}' } },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
})
const end = {
  Failed: { Type: 'Fail', Error: '{% $states.input.error %}', Cause: 'because' },
}

/** A machine whose function gives these outcomes, one a call; a call without an outcome is never answered. */
const run = async (
  states: object,
  outcomes: (Outcome | undefined)[],
  later?: (m: ReturnType<typeof stateMachine>) => void,
) => {
  const clock = aClock()
  const calls: { at: number; payload: unknown }[] = []
  const machine = stateMachine(
    Definition.parse({ QueryLanguage: 'JSONata', StartAt: 'Work', States: { ...states, ...end } }),
    {
      clock,
      random: randomOf(1, 'test'),
      services: {
        invoke(_name, payload, done) {
          calls.push({ at: clock.now(), payload })
          const outcome = outcomes.shift()
          if (outcome) clock.after(100, async () => done(outcome))
        },
        send: (_message, done) => done({ result: {} }),
        entered: () => {},
        ended: () => {},
      },
    },
  )
  machine.start('x', { a: 1 })
  if (later) clock.after(5000, async () => later(machine))
  await runOut(clock)
  const execution = machine.executions.get('x')
  if (!execution) throw new Error('no execution')
  return { ...execution, calls }
}
const broken = (error: string): Outcome => ({ error, cause: 'simulated' })
const retry = (more: object) => ({ Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, ...more }] })

describe('the state machine of our subset', () => {
  it('passes input and output through expressions', async () => {
    const { status, calls, path } = await run({ Work: task({}) }, [{ result: { b: 2 } }])
    expect([status, path, calls[0]?.payload]).toEqual(['SUCCEEDED', ['Work'], { input: { a: 1 } }])
  })

  it('retries with back-off, then catches', async () => {
    const Catch = [
      { ErrorEquals: ['States.ALL'], Output: { error: '{% $states.errorOutput.Error %}' }, Next: 'Failed' },
    ]
    const states = { Work: task({ ...retry({ BackoffRate: 2, MaxAttempts: 2 }), Catch }) }
    const { status, error, calls } = await run(states, [broken('A'), broken('A'), broken('A')])
    expect(calls.map(({ at }) => at)).toEqual([30, 2130, 6230])
    expect([status, error]).toEqual(['FAILED', 'A'])
  })

  it.each([
    { retries: 'a named error', error: 'A', ErrorEquals: ['A'], calls: 2 },
    { retries: 'not another', error: 'B', ErrorEquals: ['A'], calls: 1 },
    { retries: 'any task error', error: 'B', ErrorEquals: ['States.TaskFailed'], calls: 2 },
    {
      retries: 'but no timeout as a task error',
      error: 'States.Timeout',
      ErrorEquals: ['States.TaskFailed'],
      calls: 1,
    },
  ])('retries $retries', async ({ error, ErrorEquals, calls }) => {
    const found = await run({ Work: task(retry({ ErrorEquals, MaxAttempts: 1 })) }, [broken(error), { result: {} }])
    expect(found.calls).toHaveLength(calls)
  })

  it('waits for its token, once; a late or second answer changes nothing', async () => {
    const states = {
      Work: task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Output: '{% $states.result %}' }),
    }
    const tokens: string[] = []
    const found = await run(states, [{ result: 'ignored' }], (machine) => {
      const token = machine.executions.get('x')?.token ?? ''
      tokens.push(token)
      machine.answer(token, { result: { ok: true } })
      machine.answer(token, { error: 'Late', cause: '' })
      machine.answer('token-99', { error: 'Unknown', cause: '' })
    })
    expect(found.status).toBe('SUCCEEDED')
    expect(tokens).toEqual(['token-1'])
  })

  it('ends a state that nobody answers, at its own time', async () => {
    const waiting = { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', TimeoutSeconds: '{% 3 + 4 %}' }
    const found = await run({ Work: task(waiting) }, [undefined])
    expect([found.status, found.error, found.endedAt]).toEqual(['FAILED', 'States.Timeout', 7030])
  })

  it('an expression that gives nothing is an error of its own', async () => {
    const found = await run({ Work: task({ Output: '{% $states.result.nothing %}' }) }, [{ result: {} }])
    expect(found.status).not.toBe('SUCCEEDED')
  })

  it('stopped by hand: aborted, without an error', async () => {
    const found = await run({ Work: task({}) }, [undefined], (machine) => machine.stop('x'))
    expect([found.status, found.error]).toEqual(['ABORTED', undefined])
  })

  it.each([
    ['a Choice state', { Work: { Type: 'Choice', Choices: [] } }],
    ['a field that it does not know', { Work: task({ HeartbeatSeconds: 5 }) }],
  ])('refuses %s', (_, states) => {
    expect(Definition.safeParse({ QueryLanguage: 'JSONata', StartAt: 'Work', States: states }).success).toBe(false)
  })
})
