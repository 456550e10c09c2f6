import type { JobRow } from '#cli/jobs/job-row'
import { isAlive } from '#cli/jobs/live-instances'
import { orderProof } from '#cli/jobs/order-proof'
import type { Drop } from '#config/samples/generate-samples'
import type { Machine } from '#domain/ports/machines'

/** A sample file as it was dropped: the version that S3 gave it. */
export type Dropped = Drop & { readonly versionId: string }

export type Violation = {
  readonly rule:
    | 'members-before-claims'
    | 'one-member-file-at-a-time'
    | 'one-job-per-version'
    | 'expected-end'
    | 'expected-output'
    | 'one-instance-per-file'
    | 'nothing-left-running'
  readonly key?: string
  readonly sentence: string
}

export type Observed = {
  readonly drops: readonly Dropped[]
  readonly jobs: readonly JobRow[]
  readonly instances: readonly Machine[]
  /** `summary.json` of the jobs that wrote one, by job id. */
  readonly summaries: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/** The rules of the demo, judged from outside: by the table that people read, by EC2, and by what the samples must give. */
export const violationsOf = (observed: Observed): Violation[] => [
  ...wrongOrder(observed),
  ...overlapping(observed),
  ...wrongNumberOfJobs(observed),
  ...wrongEnds(observed),
  ...wrongOutputs(observed),
  ...wrongInstances(observed),
]

const jobsOf = (jobs: readonly JobRow[], { key, versionId }: Dropped): JobRow[] =>
  jobs.filter((job) => job.key === key && job.versionId === versionId)

/** EC2 gives launch times in whole seconds. */
const EC2_PRECISION_MS = 1000

const wrongOrder = ({ jobs, instances }: Observed): Violation[] =>
  orderProof(jobs).flatMap(({ key, jobId, startedAt, held, members }): Violation[] => {
    const late = members.filter(({ endedBefore }) => endedBefore === false)
    const missing = late.map((member) => `${member.key} ended ${member.endedAt ?? 'never'}`).join(', ')
    const admitted: Violation[] =
      held === false
        ? [
            {
              rule: 'members-before-claims',
              key,
              sentence: `admitted ${startedAt}, but ${missing || 'no member file of its payer had succeeded'}`,
            },
          ]
        : []
    const lastMember = Math.max(0, ...members.map(({ endedAt }) => (endedAt ? Date.parse(endedAt) : 0)))
    const early = instances.filter(
      ({ tags, launchedAt }) => tags['job'] === jobId && launchedAt + EC2_PRECISION_MS <= lastMember,
    )
    const launched = early.map(({ instanceId, launchedAt }): Violation => {
      const [launch, end] = [launchedAt, lastMember].map((time) => new Date(time).toISOString())
      return {
        rule: 'members-before-claims',
        key,
        sentence: `EC2 launched ${instanceId} for it at ${launch}, before its payer's last member job ended at ${end}`,
      }
    })
    return [...admitted, ...launched]
  })

/** Member files of a payer change one another's work: they run one at a time. Equal times are one transaction. */
const overlapping = ({ jobs }: Observed): Violation[] => {
  const members = jobs
    .filter(({ fileType, startedAt }) => fileType === 'member' && startedAt !== undefined)
    .toSorted((a, b) => Date.parse(a.startedAt ?? '') - Date.parse(b.startedAt ?? ''))
  return members.flatMap(({ key, payerId, startedAt = '' }, i): Violation[] => {
    const still = members
      .slice(0, i)
      .find((other) => other.payerId === payerId && !(Date.parse(other.endedAt ?? '') <= Date.parse(startedAt)))
    if (!still) return []
    const sentence = `admitted ${startedAt}, but ${still.key} before it ended ${still.endedAt ?? 'never'}`
    return [{ rule: 'one-member-file-at-a-time', key, sentence }]
  })
}

const wrongNumberOfJobs = ({ drops, jobs }: Observed): Violation[] =>
  drops.flatMap((drop): Violation[] => {
    const found = jobsOf(jobs, drop).length
    if (found === 1) return []
    const sentence = `version ${drop.versionId} has ${found} jobs; it should have one`
    return [{ rule: 'one-job-per-version', key: drop.key, sentence }]
  })

const wrongEnds = ({ drops, jobs }: Observed): Violation[] =>
  drops.flatMap((drop): Violation[] => {
    const [job] = jobsOf(jobs, drop)
    if (!job) return []
    const { expect, because, codes = [], key } = drop
    const found = job.findings?.map(({ code }) => code) ?? []
    const unseen = codes.filter((code) => !found.includes(code))
    if (job.status !== expect)
      return [{ rule: 'expected-end', key, sentence: `${job.status} (${job.because ?? '–'}); expected ${expect}` }]
    if (because !== undefined && job.because !== because)
      return [{ rule: 'expected-end', key, sentence: `${expect} because ${job.because}; expected ${because}` }]
    if (unseen.length > 0)
      return [{ rule: 'expected-end', key, sentence: `findings ${found.join(', ')} lack ${unseen.join(', ')}` }]
    return []
  })

const wrongOutputs = ({ drops, jobs, summaries }: Observed): Violation[] =>
  drops.flatMap((drop): Violation[] => {
    const [job] = jobsOf(jobs, drop)
    if (job?.status !== 'succeeded') return []
    const summary = summaries.get(job.jobId)
    const wrong = Object.entries(drop.holds).filter(([what, count]) => summary?.[what] !== count)
    return wrong.map(([what, count]) => ({
      rule: 'expected-output',
      key: drop.key,
      sentence: `summary.json says ${what}: ${summary?.[what] ?? 'nothing'}; the file holds ${count}`,
    }))
  })

const wrongInstances = ({ jobs, instances }: Observed): Violation[] => {
  const several = jobs.flatMap((job, i): Violation[] => {
    const first = job.instanceId && jobs.slice(0, i).find(({ instanceId }) => instanceId === job.instanceId)
    if (!first) return []
    return [{ rule: 'one-instance-per-file', key: job.key, sentence: `${job.instanceId} had already run ${first.key}` }]
  })
  const ended = jobs.filter(({ status, instanceId }) => status === 'succeeded' && instanceId !== undefined)
  const unknown = ended.filter(
    ({ jobId, instanceId }) =>
      !instances.some((instance) => instance.instanceId === instanceId && instance.tags['job'] === jobId),
  )
  return [
    ...several,
    ...unknown.map(({ key, instanceId }): Violation => {
      return { rule: 'one-instance-per-file', key, sentence: `EC2 knows no instance ${instanceId} with this job's tag` }
    }),
    ...instances.filter(isAlive).map(({ instanceId, state, tags }): Violation => {
      const sentence = `${instanceId} is ${state} (job ${tags['job'] ?? 'unknown'}); it should be terminated`
      return { rule: 'nothing-left-running', sentence }
    }),
  ]
}
