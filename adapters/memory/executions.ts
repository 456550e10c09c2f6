import { stored } from '#adapters/memory/stored'
import type { Executions } from '#domain/ports/executions'

export type TaskAnswer = { output: Record<string, unknown> } | { error: string; cause: string }

/** Step Functions' executions by name, and its task tokens: undefined while nobody has answered. */
export type ExecutionState = {
  /** Executions that ended badly, oldest first. */
  ended: { name: string; status: 'FAILED' | 'ABORTED' | 'TIMED_OUT'; endedAt: number }[]
  executions: Map<string, Record<string, unknown>>
  tokens: Map<string, TaskAnswer | undefined>
}

export const noExecutions = (): ExecutionState => ({ executions: new Map(), tokens: new Map(), ended: [] })

/** What Step Functions takes: a name of 1–80 safe characters, a cause of 32,768. */
const NAME = /^[0-9A-Za-z_-]{1,80}$/
const MAX_CAUSE = 32_768

/** Executions and tokens over plain maps. A name is taken for ever (on AWS for 90 days after its end). */
export const executions = ({ executions, tokens, ended }: ExecutionState): Executions => {
  const answer = (token: string, given: TaskAnswer): void => {
    if (tokens.has(token) && tokens.get(token) === undefined) tokens.set(token, stored(given))
  }
  return {
    async start({ name, input }) {
      if (!NAME.test(name))
        throw Object.assign(new Error(`${name} is no name of an execution: 1 to 80 of 0-9 A-Z a-z _ -`), {
          name: 'InvalidName',
        })
      if (!executions.has(name)) executions.set(name, stored(input))
    },
    async ended(wanted) {
      const found = ended.filter(({ status }) => status === wanted).toReversed()
      return found.slice(0, 100).map(({ name, endedAt }) => ({ name, endedAt }))
    },
    async succeed(token, output) {
      answer(token, { output })
    },
    async fail(token, error, cause) {
      answer(token, { error, cause: cause.slice(0, MAX_CAUSE) })
    },
  }
}
