import * as z from 'zod'
import { environmentWithoutAws } from '#local/aws-environment'
import type { LocalAws } from '#local/local-aws'
import { runCommand } from '#local/run-command'

const Executions = z.object({
  executions: z.array(z.object({ executionArn: z.string(), name: z.string(), status: z.string() })),
})
const Execution = z.object({ name: z.string(), status: z.string(), input: z.string() })
const History = z.object({
  events: z.array(
    z.object({
      type: z.string(),
      stateEnteredEventDetails: z.object({ name: z.string() }).optional(),
      taskScheduledEventDetails: z.object({ resource: z.string() }).optional(),
    }),
  ),
})
const Instances = z.object({
  Reservations: z.array(
    z.object({
      Instances: z.array(
        z.object({
          InstanceId: z.string(),
          State: z.object({ Name: z.string() }),
          Tags: z.array(z.object({ Key: z.string(), Value: z.string() })),
        }),
      ),
    }),
  ),
})
const Queues = z.object({ QueueUrls: z.array(z.string()) })
const QueueCounts = z.object({ Attributes: z.record(z.string(), z.coerce.number()) })

export type HistoryEvent = z.infer<typeof History>['events'][number]
export type Cell = string | number

/** What a person does with the stock AWS CLI, and what it then shows them. */
export const stockAws = ({ awsCli, env, outputs }: Pick<LocalAws, 'awsCli' | 'env' | 'outputs'>) => {
  const run = (...args: string[]) => runCommand({ command: awsCli, args, env: { ...environmentWithoutAws(), ...env } })
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await run(...args, '--output', 'json'))
  const out = (name: string) => outputs[name] ?? `no output ${name}`
  // Version 1 of the AWS CLI reads AWS_ENDPOINT_URL for every service but this one.
  const sqs = (...args: string[]) => json('sqs', ...args, '--endpoint-url', env['AWS_ENDPOINT_URL'] ?? '')

  return {
    copy: (file: string, key: string) => run('s3', 'cp', file, `s3://${out('LandingBucket')}/${key}`),
    putPayerRow: (row: Record<string, Cell>) =>
      run('dynamodb', 'put-item', '--table-name', out('PayerPriorityTable'), '--item', typed(row)),
    putPoolRow: (row: Record<string, Cell>) =>
      run('dynamodb', 'put-item', '--table-name', out('CapacityPoolsTable'), '--item', typed(row)),
    setPriority: (payerId: string, priority: number) =>
      run(
        ...['dynamodb', 'update-item', '--table-name', out('PayerPriorityTable')],
        ...['--key', typed({ payerId, fileType: '*' })],
        ...['--update-expression', 'SET priority = :p'],
        ...['--expression-attribute-values', typed({ ':p': priority })],
      ),
    executions: async () => {
      const listed = await json('stepfunctions', 'list-executions', '--state-machine-arn', out('StateMachineArn'))
      return Executions.parse(listed).executions
    },
    execution: async (arn: string) =>
      Execution.parse(await json('stepfunctions', 'describe-execution', '--execution-arn', arn)),
    history: async (arn: string) =>
      History.parse(await json('stepfunctions', 'get-execution-history', '--execution-arn', arn)).events,
    /** All of them, or those with a tag. */
    instances: async (tag?: { name: string; value: string }) => {
      const filters = tag ? ['--filters', `Name=tag:${tag.name},Values=${tag.value}`] : []
      const { Reservations } = Instances.parse(await json('ec2', 'describe-instances', ...filters))
      return Reservations.flatMap((reservation) =>
        reservation.Instances.map(({ InstanceId, State, Tags }) => ({
          instanceId: InstanceId,
          state: State.Name,
          tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
        })),
      )
    },
    /** Messages in every queue of the stack, in flight and delayed ones too. */
    queued: async () => {
      const { QueueUrls } = Queues.parse(await sqs('list-queues', '--queue-name-prefix', 'Mayfly-'))
      const names = ['', 'NotVisible', 'Delayed'].map((kind) => `ApproximateNumberOfMessages${kind}`)
      const counted = QueueUrls.map(async (url) => {
        const counts = await sqs('get-queue-attributes', '--queue-url', url, '--attribute-names', ...names)
        const messages = Object.values(QueueCounts.parse(counts).Attributes).reduce((sum, count) => sum + count, 0)
        return { url, messages }
      })
      return Promise.all(counted)
    },
  }
}

/** DynamoDB's own JSON. */
const typed = (row: Record<string, Cell>): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, typeof cell === 'number' ? { N: String(cell) } : { S: cell }]),
    ),
  )

/** The states that an execution entered, in order. */
export const statesEntered = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap(({ stateEnteredEventDetails: entered }) => (entered ? [entered.name] : []))
