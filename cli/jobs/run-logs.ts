import { GetObjectCommand, S3ServiceException } from '@aws-sdk/client-s3'
import type { OpenStack } from '#cli/aws/open-stack'
import { entries, openBooks } from '#domain/schedule/books'
import { consoleKey } from '#domain/schedule/boots'
import { Attempt } from '#domain/schedule/items/attempt'
import type { JobRecord } from '#domain/schedule/job-record'
import { runPrefix } from '#domain/schedule/run-prefix'
import { think } from '#functions/think'

export type RunLog = {
  readonly round: number
  readonly attempt: number
  readonly instanceId?: string
  readonly state: string
  readonly bucket: string
  /** What the instance left of its run, or what was kept of its console; undefined: nothing. */
  readonly key?: string
  readonly text?: string
}

/** What the instances of a job have said, attempt by attempt: the log that each leaves, else what was kept of its console. */
export const runLogs = async (
  stack: OpenStack,
  { jobId, payerId }: Pick<JobRecord, 'jobId' | 'payerId'>,
): Promise<RunLog[]> => {
  const bucket = stack.names.ResultsBucket
  const logs: RunLog[] = []
  for (const { round, attempt, state, instanceId, request } of await attemptsOf(stack, jobId)) {
    const base = { round, attempt, state, bucket, ...(instanceId === undefined ? {} : { instanceId }) }
    const places =
      instanceId === undefined
        ? []
        : [`${runPrefix(request.roleId, instanceId)}log.txt`, consoleKey(payerId, instanceId)]
    logs.push({ ...base, ...(await firstOf(stack, places)) })
  }
  return logs
}

const attemptsOf = ({ sources }: OpenStack, job: string): Promise<readonly Attempt[]> =>
  think(
    (function* () {
      const found = yield* entries(openBooks(Date.now(), 0), `JOB#${job}`, 'ATTEMPT#', Attempt)
      return found.map(({ value }) => value)
    })(),
    sources,
  )

const firstOf = async ({ s3, names }: OpenStack, places: readonly string[]) => {
  for (const key of places) {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: names.ResultsBucket, Key: key }))
      return { key, text: (await Body?.transformToString()) ?? '' }
    } catch (error) {
      if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404)) throw error
    }
  }
  return undefined
}
