import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
import { environmentWithoutAws } from '#local/aws-environment'
import type { LocalAws } from '#local/local-aws'
import { projectFolder } from '#local/project-folder'
import { runCommand } from '#local/run-command'

const Answer = z.object({ done: z.boolean(), because: z.string() })
const Row = z.object({ Item: z.object({ mayflyStatus: z.object({ S: z.string() }).optional() }) })
const Streams = z.object({ Streams: z.array(z.object({ StreamArn: z.string() })) })
const Stream = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) })
const Iterator = z.object({ ShardIterator: z.string() })
const Records = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: z.record(z.string(), z.object({ S: z.string() })) }) })),
})

/** What the owner of a payer does, with `mayfly` and with the stock AWS CLI. */
export const ownerActs = ({ awsCli, env, outputs }: Pick<LocalAws, 'awsCli' | 'env' | 'outputs'>) => {
  const aws = (...args: string[]) => runCommand({ command: awsCli, args, env: { ...environmentWithoutAws(), ...env } })
  const json = async (...args: string[]): Promise<unknown> => JSON.parse(await aws(...args, '--output', 'json'))
  const table = outputs['PayerPriorityTable'] ?? 'no output PayerPriorityTable'
  const keyOf = (payerId: string) => JSON.stringify({ payerId: { S: payerId }, fileType: { S: '*' } })

  return {
    /** Deletes the newest version of a key, as `aws s3 rm` does: a delete marker stands on it. */
    remove: (key: string) => aws('s3', 'rm', `s3://${outputs['LandingBucket']}/${key}`),
    stopExecution: (arn: string) => aws('stepfunctions', 'stop-execution', '--execution-arn', arn),
    /** Sets one attribute of a payer's row, in DynamoDB's own JSON. */
    editRow: (payerId: string, attribute: string, value: { S: string } | { N: string } | { BOOL: boolean }) =>
      aws(
        ...['dynamodb', 'update-item', '--table-name', table, '--key', keyOf(payerId)],
        ...['--update-expression', 'SET #it = :value'],
        ...['--expression-attribute-names', JSON.stringify({ '#it': attribute })],
        ...['--expression-attribute-values', JSON.stringify({ ':value': value })],
      ),
    /** What Mayfly says on a payer's row to who edits it. */
    rowStatus: async (payerId: string): Promise<string> => {
      const read = ['get-item', '--consistent-read', '--table-name', table, '--key', keyOf(payerId)]
      return Row.parse(await json('dynamodb', ...read)).Item.mayflyStatus?.S ?? ''
    },
    /** How often a payer's row was written since the table was made: the records of its stream. */
    rowWrites: async (payerId: string): Promise<number> => {
      const [stream] = Streams.parse(await json('dynamodbstreams', 'list-streams', '--table-name', table)).Streams
      const from = ['--stream-arn', stream?.StreamArn ?? `no stream of ${table}`]
      const { Shards } = Stream.parse(await json('dynamodbstreams', 'describe-stream', ...from)).StreamDescription
      const counted = Shards.map(async ({ ShardId }) => {
        const start = ['--shard-id', ShardId, '--shard-iterator-type', 'TRIM_HORIZON']
        const { ShardIterator } = Iterator.parse(await json('dynamodbstreams', 'get-shard-iterator', ...from, ...start))
        const got = await json('dynamodbstreams', 'get-records', '--shard-iterator', ShardIterator)
        return Records.parse(got).Records.filter(({ dynamodb }) => dynamodb.Keys['payerId']?.S === payerId).length
      })
      return (await Promise.all(counted)).reduce((sum, count) => sum + count, 0)
    },
    /** `mayfly <args> --json` as a process of its own: its exit code, and the scheduler's answer if there is one. */
    mayfly: async (...args: string[]) => {
      const command = [join(projectFolder, 'bin/mayfly.mjs'), ...args, '--json']
      const child = spawn(process.execPath, command, {
        env: { ...environmentWithoutAws(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
      const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
      const answer = stdout === '' ? { done: undefined, because: stderr } : Answer.parse(JSON.parse(stdout))
      return { exitCode, done: answer.done, because: answer.because }
    },
  }
}
