import { fileURLToPath } from 'node:url'
import { RunInstancesCommand } from '@aws-sdk/client-ec2'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type OpenStack, stackAt } from '#cli/aws/open-stack'
import { localClientOptions, pushProcessors } from '#cli/processors/push-processors'
import { jobIdOf } from '#domain/job-id'
import { isSpotPayer, type Plan, type PlannedFile, payerName } from '#local/chaos/plan'
import { PROCESSOR, writeChaosProcessor } from '#local/chaos/processor'
import { injectFaults } from '#local/inject-faults'
import { type LocalAws, startLocalAws } from '#local/local-aws'

const POOL = 'chaos'
const lightAws = fileURLToPath(new URL('light-aws.mjs', import.meta.url))
const Functions = z.object({ Functions: z.array(z.object({ FunctionName: z.string() })) })

type Options = {
  readonly folder: string
  readonly payers: number
  /** Machines at once: each is a few processes of this one. */
  readonly instances: number
  readonly realCli: boolean
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

export type ChaosWorld = {
  readonly local: LocalAws
  readonly stack: OpenStack
  /** Drops a file, and asks for what is to go wrong with it; its job's id. */
  drop(file: PlannedFile): Promise<string>
  injectForAll(plan: Pick<Plan, 'ofAll'>): Promise<void>
  /** Starts a machine that nobody owns, with a lease of so many seconds; its id. */
  stray(leaseSeconds: number): Promise<string>
  /** Has the sweep look at everything, now. */
  sweep(): Promise<void>
  stop(): Promise<void>
}

/** A local AWS with a row a payer, one pool, and the processor of chaos runs: short limits, for the work is short. */
export const startChaosWorld = async (options: Options): Promise<ChaosWorld> => {
  const { folder, payers, instances, realCli, say, signal } = options
  const local = await startLocalAws({
    stateDir: folder,
    say,
    ...(realCli ? {} : { machinesAws: lightAws }),
    ...(signal && { signal }),
  })
  const clients = localClientOptions(local.env)
  const stack = stackAt(clients.other, clients.ec2, local.outputs)
  const { PayerPriorityTable, CapacityPoolsTable, ArtifactsBucket, LandingBucket } = stack.names
  const processors = `${folder}/processors`
  await writeChaosProcessor(processors)
  await pushProcessors({ s3: stack.s3, bucket: ArtifactsBucket, folder: processors })
  const pool = { pool: POOL, maxVcpus: 4 * instances, maxInstances: instances }
  await stack.db.send(new PutCommand({ TableName: CapacityPoolsTable, Item: pool }))
  for (let payer = 0; payer < payers; payer += 1)
    await stack.db.send(new PutCommand({ TableName: PayerPriorityTable, Item: rowOf(payer) }))
  const lambda = `${local.endpoint}/2015-03-31/functions`
  const { Functions: functions } = Functions.parse(await (await fetch(`${lambda}/`)).json())
  const sweepName = functions.find(({ FunctionName }) => /sweep/i.test(FunctionName))?.FunctionName

  return {
    local,
    stack,
    async drop({ key, text, ofKey, ofJob }) {
      if (ofKey.length > 0) await injectFaults(local, ofKey)
      const put = new PutObjectCommand({ Bucket: LandingBucket, Key: key, Body: text })
      const { VersionId: version = '' } = await stack.s3.send(put)
      const job = jobIdOf({ bucket: LandingBucket, key, version })
      // Long before its first launch: that is five functions away.
      const faults = ofJob.map(({ attempt, fault }) => ({ ...fault, tags: { job, attempt: String(attempt) } }))
      if (faults.length > 0) await injectFaults(local, faults)
      return job
    },
    async injectForAll({ ofAll }) {
      if (ofAll.length > 0) await injectFaults(local, ofAll)
    },
    async stray(leaseSeconds) {
      const TerminateAfter = new Date(Date.now() + leaseSeconds * 1000).toISOString()
      const Tags = Object.entries({ app: 'mayfly', TerminateAfter }).map(([Key, Value]) => ({ Key, Value }))
      const { Instances } = await stack.ec2.send(
        new RunInstancesCommand({
          ...{ ImageId: 'ami-1', InstanceType: 't3.small', MinCount: 1, MaxCount: 1 },
          UserData: Buffer.from('#!/bin/bash\nwhile :; do sleep 1; done\n').toString('base64'),
          TagSpecifications: [{ ResourceType: 'instance', Tags }],
        }),
      )
      return Instances?.[0]?.InstanceId ?? ''
    },
    async sweep() {
      const answer = await fetch(`${lambda}/${sweepName}/invocations`, { method: 'POST', body: '{"look":"all"}' })
      const said = await answer.text()
      if (!answer.ok || answer.headers.has('x-amz-function-error')) throw new Error(`the sweep failed: ${said}`)
    },
    async stop() {
      stack.close()
      await local.stop()
    },
  }
}

const rowOf = (payer: number) => ({
  payerId: payerName(payer),
  fileType: '*',
  format: 'ndjson',
  processor: PROCESSOR,
  pool: POOL,
  graceSeconds: 0,
  instanceTypes: ['t3.small', 't3.medium', 'm7i.large', 'c7i.xlarge'],
  market: isSpotPayer(payer) ? 'spot' : 'on-demand',
  onDemandAfter: 2,
  bootMinutes: 1,
  hangMinutes: 1,
  maxRunMinutes: 2,
  attempts: 10,
  bootFailures: 100,
})
