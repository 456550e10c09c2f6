import type { Cancel, Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import { backOff, type Definition, matches, type TaskState } from './definition.ts'
import { evaluate, QueryEvaluationError, type States } from './expression.ts'

export type Outcome = { result: unknown } | { error: string; cause: string }
export type Execution = {
  name: string
  input: Record<string, unknown>
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED'
  state: string
  /** The open token of a state that waits for one. */
  token: string | undefined
  /** States entered, in order. */
  path: string[]
  endedAt?: number
  error?: string
  cause?: string
}

/** What tasks ask for. `done` is called at most once, and not for what nobody answers. */
export type Services = {
  invoke(functionName: string, payload: unknown, done: (outcome: Outcome) => void): void
  send(message: { group: string; body: unknown }, done: (outcome: Outcome) => void): void
  ended(execution: Execution): void
  entered(execution: Execution): void
}

type Live = Execution & {
  stateInput: unknown
  enteredAt: number
  retries: number[]
  /** Raised whenever the execution moves: answers to what it asked before are late. */
  epoch: number
  timeout: Cancel | undefined
}

/** A transition takes so long, milliseconds. */
const TRANSITION_MS = 30

/** Step Functions for one state machine of our subset, under a virtual clock. */
export const stateMachine = (
  definition: Definition,
  { clock, random, services }: { clock: Clock; random: Random; services: Services },
) => {
  const executions = new Map<string, Live>()
  const byToken = new Map<string, Live>()
  let tokens = 0

  const move = (execution: Live): number => {
    execution.timeout?.()
    execution.timeout = undefined
    if (execution.token !== undefined) byToken.delete(execution.token)
    execution.token = undefined
    execution.epoch += 1
    return execution.epoch
  }
  const end = (execution: Live, status: Execution['status'], error?: string, cause?: string): void => {
    move(execution)
    execution.status = status
    execution.endedAt = clock.now()
    if (error !== undefined) Object.assign(execution, { error, cause: cause ?? '' })
    services.ended(execution)
  }
  const statesOf = (execution: Live, more: Partial<States> = {}): States => ({
    input: execution.stateInput,
    context: {
      Execution: { Name: execution.name, Input: execution.input },
      State: { Name: execution.state, EnteredTime: new Date(execution.enteredAt).toISOString() },
      Task: { Token: execution.token },
    },
    ...more,
  })

  const enter = (execution: Live, state: string, input: unknown): void => {
    const epoch = move(execution)
    clock.after(TRANSITION_MS, async () => {
      if (execution.epoch !== epoch) return
      Object.assign(execution, { state, stateInput: input, enteredAt: clock.now(), retries: [] })
      execution.path.push(state)
      services.entered(execution)
      const found = definition.States[state]
      if (!found) throw new Error(`there is no state ${state}`)
      if (found.Type === 'Task') return runTask(execution, found)
      const [error, cause] = [
        await evaluate(found.Error, statesOf(execution)),
        await evaluate(found.Cause, statesOf(execution)),
      ]
      end(execution, 'FAILED', String(error), String(cause))
    })
  }

  const runTask = async (execution: Live, task: TaskState): Promise<void> => {
    const epoch = move(execution)
    const waits = task.Resource.endsWith('.waitForTaskToken')
    if (waits) {
      execution.token = `token-${++tokens}`
      byToken.set(execution.token, execution)
    }
    const current = (): boolean => execution.epoch === epoch && execution.status === 'RUNNING'
    const answered = (outcome: Outcome): void => {
      if (!current()) return
      if ('error' in outcome) void failed(execution, task, outcome.error, outcome.cause)
      else if (!waits) void succeeded(execution, task, outcome.result)
    }
    try {
      const states = statesOf(execution)
      const timeout = task.TimeoutSeconds === undefined ? undefined : await evaluate(task.TimeoutSeconds, states)
      const args = Object(await evaluate(task.Arguments, states))
      if (!current()) return
      if (timeout !== undefined)
        execution.timeout = clock.after(Number(timeout) * 1000, () =>
          failed(execution, task, 'States.Timeout', `${execution.state} took more than ${timeout} s`),
        )
      if (task.Resource.startsWith('arn:aws:states:::lambda:'))
        services.invoke(String(args.FunctionName), args.Payload, (outcome) =>
          answered('result' in outcome ? { result: { Payload: outcome.result } } : outcome),
        )
      else services.send({ group: String(args.MessageGroupId), body: args.MessageBody }, answered)
    } catch (error) {
      if (!(error instanceof QueryEvaluationError)) throw error
      await failed(execution, task, error.name, error.message)
    }
  }

  const succeeded = async (execution: Live, task: TaskState, result: unknown): Promise<void> => {
    const epoch = move(execution)
    try {
      const output = task.Output === undefined ? result : await evaluate(task.Output, statesOf(execution, { result }))
      if (execution.epoch !== epoch) return
      if (task.Next === undefined) end(execution, 'SUCCEEDED')
      else enter(execution, task.Next, output)
    } catch (error) {
      if (!(error instanceof QueryEvaluationError)) throw error
      await failed(execution, task, error.name, error.message)
    }
  }

  const failed = async (execution: Live, task: TaskState, error: string, cause: string): Promise<void> => {
    const epoch = move(execution)
    const n = task.Retry.findIndex(({ ErrorEquals }) => matches(ErrorEquals, error))
    const [retrier, used] = [task.Retry[n], execution.retries[n] ?? 0]
    if (retrier && used < retrier.MaxAttempts) {
      execution.retries[n] = used + 1
      clock.after(backOff(retrier, used, random.next) * 1000, () =>
        execution.epoch === epoch && execution.status === 'RUNNING' ? runTask(execution, task) : undefined,
      )
      return
    }
    const catcher = task.Catch.find(({ ErrorEquals }) => matches(ErrorEquals, error))
    if (!catcher) return end(execution, 'FAILED', error, cause)
    const errorOutput = { Error: error, Cause: cause }
    const output =
      catcher.Output === undefined ? errorOutput : await evaluate(catcher.Output, statesOf(execution, { errorOutput }))
    if (execution.epoch === epoch) enter(execution, catcher.Next, output)
  }

  const answer = (token: string, outcome: Outcome): void => {
    const execution = byToken.get(token)
    const task = execution && definition.States[execution.state]
    if (!execution || task?.Type !== 'Task') return
    if ('error' in outcome) void failed(execution, task, outcome.error, outcome.cause)
    else void succeeded(execution, task, outcome.result)
  }

  return {
    executions: executions as ReadonlyMap<string, Execution>,
    /** A name that is taken starts nothing (ExecutionAlreadyExists, or the same execution again). */
    start(name: string, input: Record<string, unknown>): void {
      if (executions.has(name)) return
      const execution: Live = {
        ...{ name, input, status: 'RUNNING', state: '', token: undefined, path: [] },
        ...{ stateInput: input, enteredAt: clock.now(), retries: [], epoch: 0, timeout: undefined },
      }
      executions.set(name, execution)
      enter(execution, definition.StartAt, input)
    },
    /** A token that is closed or unknown counts as answered. */
    answer,
    /** By hand, in the console: no error, no cause. */
    stop(name: string): void {
      const execution = executions.get(name)
      if (execution?.status === 'RUNNING') end(execution, 'ABORTED')
    },
  }
}
export type StateMachine = ReturnType<typeof stateMachine>
