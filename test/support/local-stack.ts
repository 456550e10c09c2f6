import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { stackAt } from '#cli/aws/open-stack'
import type { JobRow } from '#cli/jobs/job-row'
import { liveJobs } from '#cli/jobs/live-jobs'
import { localClientOptions, pushProcessors, pushToLocal } from '#cli/processors/push-processors'
import { isOver } from '#domain/schedule/items/status'
import { type LocalAws, startLocalAws } from '#local/local-aws'
import { eventually } from '#test/support/eventually'
import { stockAws } from '#test/support/stock-aws'
import { writeWaitingProcessor } from '#test/support/waiting-processor'

const ExecutionInput = z.object({ key: z.string(), version: z.string() })
const Machines = z.array(z.object({ id: z.string(), state: z.string(), pid: z.int().nullable() }))

const today = (stateDir: string): Promise<LocalAws> => startLocalAws({ stateDir, afterDeploy: pushToLocal })

/** The whole system in a temporary folder, with the processors of config/ and the waiting one: about 11 s. */
export const startLocalStack = async (start = today) => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-scenarios-'))
  const local = await start(join(folder, 'state'))
  const clients = localClientOptions(local.env)
  const stack = stackAt(clients.other, clients.ec2, local.outputs)
  await writeWaitingProcessor(join(folder, 'processors'))
  await pushProcessors({ s3: stack.s3, bucket: stack.names.ArtifactsBucket, folder: join(folder, 'processors') })
  const aws = stockAws(local)
  const jobsOf = async (key: string) => (await liveJobs(stack)).filter((job) => job.key === key)

  return {
    ...stack,
    local,
    folder,
    aws,
    jobs: () => liveJobs(stack),
    jobsOf,
    /** The one job of a key, once it is as it should be. @throws at once when it has ended otherwise */
    job: async (key: string, isAsItShouldBe: (job: JobRow) => boolean): Promise<JobRow> => {
      const look = async () => {
        const [job, ...others] = await jobsOf(key)
        if (others.length > 0) throw new Error(`${key} has ${others.length + 1} jobs, not one`)
        if (job && isOver(job.status) && !isAsItShouldBe(job))
          throw new Error(`${key} ended ${job.status} (${job.because}): ${job.sentence}`)
        return job
      }
      const isThere = (job: JobRow | undefined) => job !== undefined && isAsItShouldBe(job)
      const job = await eventually(`the job of ${key} is as it should be`, look, isThere)
      if (!job) throw new Error(`${key} has no job`)
      return job
    },
    /** A job's execution as Step Functions tells it: it must be one, and of the job's own file version. */
    executionOf: async ({ key, versionId, execution }: JobRow) => {
      const found = (await aws.executions()).filter(({ name }) => name === execution)
      const [{ executionArn: arn } = { executionArn: '' }, ...others] = found
      if (!arn || others.length > 0) throw new Error(`${found.length} executions are called ${execution}, not one`)
      const { status, input } = await aws.execution(arn)
      const told = ExecutionInput.parse(JSON.parse(input))
      if (told.key !== key || told.version !== versionId)
        throw new Error(`${execution} is for ${told.key}, ${told.version}; not for ${key}, ${versionId}`)
      return { status, events: await aws.history(arn) }
    },
    /** The hypervisor's own view, with the pid of each machine's first process. */
    machines: async () =>
      Machines.parse(await fetch(`${local.ec2Endpoint}/_hypervisor/instances`).then((answer) => answer.json())),
    /** Items of the schedule table with this partition key. */
    scheduled: async (pk: string, prefix = '') => (await stack.sources.table.page({ pk, prefix, limit: 100 })).items,
    /** Keys in the results bucket below this prefix. */
    resultKeys: async (Prefix: string): Promise<string[]> => {
      const { Contents = [] } = await stack.s3.send(
        new ListObjectsV2Command({ Bucket: stack.names.ResultsBucket, Prefix }),
      )
      return Contents.flatMap(({ Key }) => Key ?? [])
    },
    /** Text of an output of a job. */
    output: async ({ output }: Pick<JobRow, 'output'>, name: string): Promise<string> => {
      const Key = `${output?.prefix}${name}`
      const { Body } = await stack.s3.send(new GetObjectCommand({ Bucket: stack.names.ResultsBucket, Key }))
      return (await Body?.transformToString()) ?? ''
    },
    stop: async () => {
      stack.close()
      await local.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type LocalStack = Awaited<ReturnType<typeof startLocalStack>>
