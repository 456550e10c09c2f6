import type { OpenStack } from '#cli/aws/open-stack'
import type { JobRow } from '#cli/jobs/job-row'
import { scanJobs } from '#cli/jobs/live-jobs'
import { KeyState } from '#domain/schedule/items/key-state'
import * as keys from '#domain/schedule/keys'

export type FoundJob = {
  readonly job: string
  /** Other versions of the same key, oldest first. */
  readonly others: readonly JobRow[]
}

/** Shorter ones are too easily typed by accident, and may be words. */
const SHORTEST_PREFIX = 6

/**
 * A job by its id, a prefix of it, or a key of the landing bucket (with or without `s3://<bucket>/`): of a key, the newest
 * version. @throws when nothing or more than one job answers to the name.
 */
export const findJob = async (stack: OpenStack, name: string): Promise<FoundJob> => {
  const found = looksLikeId(name) ? theOne(name, await idsFrom(stack, name)) : undefined
  return found ? { job: found.jobId, others: [] } : byKey(stack, name)
}

const looksLikeId = (name: string): boolean => new RegExp(`^[0-9a-f]{${SHORTEST_PREFIX},24}$`).test(name)

/** @throws when a prefix fits several jobs. */
export const theOne = (prefix: string, found: readonly Pick<JobRow, 'jobId' | 'key'>[]) => {
  const [first, second] = found
  if (!first || !second) return first
  const which = found.slice(0, 5).map(({ jobId, key }) => `${jobId.slice(0, 12)} (${key})`)
  throw new Error(`${found.length} jobs begin with ${prefix}: ${which.join(', ')}; give more of the id`)
}

const idsFrom = (stack: OpenStack, prefix: string): Promise<JobRow[]> =>
  scanJobs(stack, { expression: 'begins_with(#id, :id)', names: { '#id': 'jobId' }, values: { ':id': prefix } })

const byKey = async (stack: OpenStack, name: string): Promise<FoundJob> => {
  const bucket = stack.names.LandingBucket
  const key = name.startsWith(`s3://${bucket}/`) ? name.slice(`s3://${bucket}/`.length) : name
  const versions = await scanJobs(stack, {
    expression: '#key = :key',
    names: { '#key': 'key' },
    values: { ':key': key },
  })
  const [state] = await stack.sources.table.items([keys.keyState(bucket, key)])
  // Which version is the newest is what S3 said, not what was registered last.
  const newest = (state && KeyState.parse(state.value).job) ?? versions.at(-1)?.jobId
  if (newest === undefined)
    throw new Error(
      `No job ${JSON.stringify(name)}: no job id begins so, and no object ${key} was registered from ${bucket}; ` +
        `give at least ${SHORTEST_PREFIX} characters of an id or the whole key (\`mayfly jobs\` lists both)`,
    )
  return { job: newest, others: versions.filter(({ jobId }) => jobId !== newest) }
}
