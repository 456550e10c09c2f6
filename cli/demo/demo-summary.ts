import type { OpenStack } from '#cli/aws/open-stack'
import { type Dropped, type Violation, violationsOf } from '#cli/demo/demo-violations'
import type { JobRow } from '#cli/jobs/job-row'
import { isAlive } from '#cli/jobs/live-instances'
import { type OrderProof, orderProof } from '#cli/jobs/order-proof'
import type { Seen } from '#cli/jobs/watch-jobs'

export type DemoResult = {
  readonly jobs: readonly JobRow[]
  readonly violations: readonly Violation[]
  readonly summary: {
    readonly seconds: number
    /** False: some had not ended when time was up. */
    readonly quiescent: boolean
    readonly instances: { readonly launched: number; readonly alive: number }
    readonly order: readonly OrderProof[]
    readonly outputs: readonly Output[]
  }
}

type Output = {
  readonly key: string
  readonly bucket: string
  readonly prefix: string
  readonly names: readonly string[]
  readonly counts: Readonly<Record<string, unknown>>
}

type Run = {
  readonly drops: readonly Dropped[]
  readonly seen: Seen & { readonly done: boolean }
  readonly began: number
}

/** Judges and sums up a run by what can be seen from outside: jobs table, EC2, results bucket. */
export const demoResult = async (stack: OpenStack, { drops, seen, began }: Run): Promise<DemoResult> => {
  // Only this run's files: a stack may have a past.
  const dropped = new Set(drops.map(({ key, versionId }) => `${key}\n${versionId}`))
  const jobs = seen.jobs.filter(({ key, versionId }) => dropped.has(`${key}\n${versionId}`))
  const { instances } = seen
  const ids = new Set(jobs.map(({ jobId }) => jobId))
  const launched = instances.filter(({ tags }) => ids.has(tags['job'] ?? '')).length
  const outputs: Output[] = []
  const summaries = new Map<string, Readonly<Record<string, unknown>>>()
  for (const { jobId, key, output } of jobs) {
    if (!output) continue
    const counts = await summaryIn(stack, output)
    if (counts) summaries.set(jobId, counts)
    outputs.push({ key, bucket: stack.names.ResultsBucket, ...output, counts: counts ?? {} })
  }
  return {
    jobs,
    violations: violationsOf({ drops, jobs, instances, summaries }),
    summary: {
      seconds: Math.round((Date.now() - began) / 100) / 10,
      quiescent: seen.done,
      instances: { launched, alive: instances.filter(isAlive).length },
      order: orderProof(jobs),
      outputs,
    },
  }
}

const summaryIn = async (
  { sources }: OpenStack,
  { prefix, names }: { prefix: string; names: readonly string[] },
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  if (!names.includes('summary.json')) return undefined
  const found = await sources.results.readJson(`${prefix}summary.json`)
  return typeof found === 'object' && found !== null ? { ...found } : undefined
}
