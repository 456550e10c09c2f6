import {
  ExecutionAlreadyExists,
  InvalidToken,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn'
import type { Executions } from '#domain/ports/executions'

/** Step Functions takes an error name of 256 and a cause of 32,768 characters. */
const MAX_CAUSE = 32_768

const unlessDelivered = async (answer: Promise<unknown>): Promise<void> => {
  try {
    await answer
  } catch (error) {
    const delivered =
      error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken
    if (!delivered) throw error
  }
}

/** The state machine's executions in Step Functions. */
export const executions = (sfn: SFNClient, stateMachineArn: string): Executions => ({
  async start({ name, input }) {
    try {
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }))
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error
    }
  },
  async ended(statusFilter) {
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 100 }),
    )
    return executions.map(({ name, stopDate }) => ({ name: name ?? '', endedAt: stopDate?.getTime() ?? 0 }))
  },
  succeed: (taskToken, output) =>
    unlessDelivered(sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
  fail: (taskToken, error, cause) =>
    unlessDelivered(sfn.send(new SendTaskFailureCommand({ taskToken, error, cause: cause.slice(0, MAX_CAUSE) }))),
})
