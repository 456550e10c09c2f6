import * as z from 'zod'
import type { JobRow } from '#cli/jobs/job-row'
import { scanJobs } from '#cli/jobs/live-jobs'
import { journalOfStack } from '#cli/queues/read-journal'
import type { StoredItem } from '#domain/schedule/books'
import { Attempt } from '#domain/schedule/items/attempt'
import * as keys from '#domain/schedule/keys'
import { Transcript } from '#functions/schedule/transcript'
import type { ChaosWorld } from '#local/chaos/world'
import { Fault } from '#local/hypervisor/fault'

const Machine = z.object({
  id: z.string(),
  state: z.string(),
  stateReason: z.object({ code: z.string() }).optional(),
  launchedAt: z.string(),
  endedAt: z.string().optional(),
  armedAt: z.string().optional(),
  interruptedAt: z.string().optional(),
  spot: z.boolean(),
  tags: z.record(z.string(), z.string()),
})
export type Machine = z.infer<typeof Machine>

const Injected = z.object({
  at: z.number(),
  type: z.string(),
  fault: Fault,
  subject: z.object({
    instanceId: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    source: z.string().optional(),
    key: z.string().optional(),
    state: z.string().optional(),
  }),
})
export type Injected = z.infer<typeof Injected>

/** A decision that closed an attempt: when, and what it had heard of the machine. */
export type Closing = { readonly instanceId: string; readonly state: string; readonly at: number; readonly by: string }

/** All that is left to see of a run. */
export type Observed = {
  readonly jobs: readonly JobRow[]
  readonly attempts: readonly Attempt[]
  readonly machines: readonly Machine[]
  readonly injected: readonly Injected[]
  readonly closings: readonly Closing[]
  /** Items of the schedule table that must be gone, or zero, when nothing is left to do. */
  readonly left: readonly StoredItem[]
}

export const observe = async ({ stack, local }: ChaosWorld): Promise<Observed> => {
  const control = async (path: string): Promise<unknown> =>
    (await fetch(`${local.ec2Endpoint}/_hypervisor/${path}`)).json()
  const { table } = stack.sources
  const page = async (pk: string, prefix = '') => (await table.page({ pk, prefix, limit: 100 })).items
  const jobs = await scanJobs(stack)
  const attempts: Attempt[] = []
  for (const { jobId } of jobs)
    attempts.push(...(await page(`JOB#${jobId}`, 'ATTEMPT#')).map(({ value }) => Attempt.parse(value)))
  const left = [
    ...(await page(keys.OPEN)),
    ...(await page(keys.CALLS)),
    ...(await page('QUARANTINE#main')),
    ...(await page('POOL#chaos', 'STATE')).filter(({ value }) => isTaken(value)),
  ]
  const closings: Closing[] = []
  for await (const { record } of journalOfStack(stack, {})) closings.push(...closingsOf(record))
  return {
    jobs,
    attempts,
    left,
    closings,
    machines: z.array(Machine).parse(await control('instances')),
    injected: z.array(Injected).parse(await control('injected')),
  }
}

const isTaken = (value: unknown): boolean => {
  const { usedVcpus, usedInstances } = z.object({ usedVcpus: z.number(), usedInstances: z.number() }).parse(value)
  return usedVcpus !== 0 || usedInstances !== 0
}

/** How the decision knew of it: the message that concerns the machine, or else the kinds of all that it heard. */
const closingsOf = (record: unknown): Closing[] => {
  const { now, messages, decision } = Transcript.parse(record)
  return decision.writes.flatMap(({ key, value }) => {
    const attempt = key.sk.startsWith('ATTEMPT#') ? Attempt.safeParse(value).data : undefined
    if (attempt?.instanceId === undefined || attempt.state === 'open') return []
    const { instanceId, state } = attempt
    const heard = messages.flatMap((message) => {
      if (message.kind === 'result' && message.key.includes(instanceId))
        return message.swept ? 'swept result' : 'result'
      if (message.kind !== 'instance' || message.instanceId !== instanceId) return []
      return `${message.swept ? 'swept ' : ''}${message.state}`
    })
    const [by = messages.map(({ kind }) => kind).join(' ')] = heard.filter((what) => what !== 'running')
    return [{ instanceId, state, at: now, by }]
  })
}
