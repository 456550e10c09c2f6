import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { executions as awsExecutions } from '#adapters/aws/executions'
import { executions as memoryExecutions, noExecutions } from '#adapters/memory/executions'
import type { Executions } from '#domain/ports/executions'
import { emulated, eventually } from '#test/contracts/emulated'

type Answered = { output: Record<string, unknown> } | { error: string; cause: string }
type World = {
  executions: Executions
  /** The inputs of all executions of that name. */
  started: (name: string) => Promise<unknown[]>
  /** A state that waits, by its token. */
  token: () => Promise<string>
  answerOf: (token: string) => Promise<Answered>
  /** Starts an execution of that name, which fails. */
  fail: (name: string) => Promise<void>
  close: () => Promise<void>
}

const memory = async (): Promise<World> => {
  const state = noExecutions()
  return {
    executions: memoryExecutions(state),
    started: async (name) => (state.executions.has(name) ? [state.executions.get(name)] : []),
    token: async () => {
      const token = `token-${state.tokens.size}`
      state.tokens.set(token, undefined)
      return token
    },
    answerOf: (token) => eventually('an answer', async () => state.tokens.get(token)),
    fail: async (name) => {
      await memoryExecutions(state).start({ name, input: {} })
      state.ended.push({ name, status: 'FAILED', endedAt: Date.now() })
    },
    close: async () => {},
  }
}

const aws = async (): Promise<World> => {
  const emulator = await emulated()
  const sfn = new SFNClient(emulator.config)
  const sqs = new SQSClient(emulator.config)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'tokens' }))
  const Parameters = { QueueUrl, MessageBody: { 'token.$': '$$.Task.Token' } }
  const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken'
  const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Task', Resource, Parameters, End: true } } }
  const { stateMachineArn = '' } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'waiting',
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::000000000000:role/any',
    }),
  )
  const executionOf = new Map<string, string>()
  const describe = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }))
  const nextToken = async (): Promise<string | undefined> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }))
    const [message] = Messages
    if (!message) return undefined
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle ?? '' }))
    return z.object({ token: z.string() }).parse(JSON.parse(message.Body ?? '')).token
  }
  return {
    executions: awsExecutions(sfn, stateMachineArn),
    started: async (name) => {
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }))
      const found = await Promise.all(
        executions.filter((each) => each.name === name).map(({ executionArn = '' }) => describe(executionArn)),
      )
      return found.map(({ input = '' }) => JSON.parse(input))
    },
    token: async () => {
      // Tokens of executions that other cases started are not ours.
      while (await nextToken());
      const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn }))
      const token = await eventually('a token', nextToken)
      executionOf.set(token, executionArn)
      return token
    },
    answerOf: (token) =>
      eventually('an end', async () => {
        const { status, output, error, cause } = await describe(executionOf.get(token) ?? '')
        if (status === 'RUNNING') return undefined
        return status === 'SUCCEEDED'
          ? { output: JSON.parse(output ?? '') }
          : { error: error ?? '', cause: cause ?? '' }
      }),
    fail: async (name) => {
      while (await nextToken());
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name }))
      const taskToken = await eventually('a token', nextToken)
      await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'Any' }))
    },
    close: emulator.stop,
  }
}

describe.each([
  { over: 'memory', open: memory },
  { over: 'Step Functions', open: aws },
])('executions over $over', ({ open }) => {
  let world: World
  beforeAll(async () => {
    world = await open()
  })
  afterAll(() => world?.close())

  it('started twice under one name are one', async () => {
    const execution = { name: 'acme-member-a-edi-0123456789-r1', input: { job: 'j', round: 1 } }
    await world.executions.start(execution)
    await world.executions.start(execution)
    expect(await world.started(execution.name)).toEqual([execution.input])
  })

  it('started again with another input: the first stands, and it is no error', async () => {
    await world.executions.start({ name: 'same', input: { job: 'first' } })
    await world.executions.start({ name: 'same', input: { job: 'second' } })
    expect(await world.started('same')).toEqual([{ job: 'first' }])
  })

  it('take a name of 80 characters', async () => {
    await world.executions.start({ name: 'n'.repeat(80), input: {} })
    expect(await world.started('n'.repeat(80))).toEqual([{}])
  })

  it('a token is answered once: what comes later is no error and changes nothing', async () => {
    // Several: how soon a waiting state wakes up is left to chance, and none may take the later answer.
    for (const turn of [3, 4, 5, 6, 7, 8]) {
      const token = await world.token()
      await world.executions.succeed(token, { turn })
      await world.executions.succeed(token, { turn: -1 })
      await world.executions.fail(token, 'RoundIsOver', 'too late')
      expect(await world.answerOf(token)).toEqual({ output: { turn } })
    }
  })

  it('a token is failed once, by name and with its cause', async () => {
    const token = await world.token()
    await world.executions.fail(token, 'JobStopped', 'deleted-by-owner')
    await world.executions.succeed(token, { turn: 4 })
    expect(await world.answerOf(token)).toEqual({ error: 'JobStopped', cause: 'deleted-by-owner' })
  })

  it('a cause longer than Step Functions takes is cut', async () => {
    const token = await world.token()
    await world.executions.fail(token, 'ProcessorFailed', 'c'.repeat(40_000))
    expect(await world.answerOf(token)).toEqual({ error: 'ProcessorFailed', cause: 'c'.repeat(32_768) })
  })

  it('that ended badly are listed by how, with the time of their end', async () => {
    const name = 'acme-member-failed-edi-0123456789-r1'
    const before = Date.now()
    await world.fail(name)
    const found = await eventually('the failed one', async () =>
      (await world.executions.ended('FAILED')).find((ended) => ended.name === name),
    )
    // Whole seconds on the wire.
    expect(found.endedAt).toBeGreaterThan(before - 1001)
    expect(found.endedAt).toBeLessThan(before + 20_000)
    expect(await world.executions.ended('ABORTED')).toEqual([])
    expect((await world.executions.ended('FAILED')).map((ended) => ended.name)).not.toContain('same')
  })

  it.each(['unknown-token', 'AQCE'.repeat(100)])('an unknown token counts as answered', async (token) => {
    await world.executions.succeed(token, {})
    await world.executions.fail(token, 'InstanceLost', '')
  })
})

describe('executions in memory', () => {
  // The emulator takes any name, so there is no contract to hold it to.
  it.each(['n'.repeat(81), '', 'a/b', 'a b'])('refuse the name %j, as Step Functions does', async (name) => {
    await expect(memoryExecutions(noExecutions()).start({ name, input: {} })).rejects.toMatchObject({
      name: 'InvalidName',
    })
  })
})
