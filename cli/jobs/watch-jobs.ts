import { setTimeout as pause } from 'node:timers/promises'
import type { OpenStack } from '#cli/aws/open-stack'
import type { JobRow } from '#cli/jobs/job-row'
import { liveInstances } from '#cli/jobs/live-instances'
import { liveJobs } from '#cli/jobs/live-jobs'
import type { Machine } from '#domain/ports/machines'

export type Seen = { readonly jobs: readonly JobRow[]; readonly instances: readonly Machine[] }

type Watching = {
  /** Told what is there after every look. */
  readonly show: (seen: Seen) => void
  /** Asked after every look; it must say yes twice in a row, for two looks are no transaction. */
  readonly isDone: (seen: Seen) => boolean
  readonly signal: AbortSignal
  readonly deadline?: number
}

const POLL_MS = 1000

/** Looks at the jobs and at EC2 once a second until done, past the deadline (epoch ms) or told to stop. */
export const watchJobs = async (
  stack: OpenStack,
  { show, isDone, signal, deadline = Number.POSITIVE_INFINITY }: Watching,
): Promise<Seen & { readonly done: boolean }> => {
  let doneBefore = false
  for (;;) {
    // Instances first: one that is launched between the two looks belongs to a job that is not over in the second.
    const instances = await liveInstances(stack)
    const jobs = await liveJobs(stack)
    const seen = { jobs, instances }
    show(seen)
    const done = isDone(seen)
    if (done && doneBefore) return { ...seen, done }
    if (signal.aborted || Date.now() > deadline) return { ...seen, done: false }
    doneBefore = done
    await pause(POLL_MS, undefined, { signal }).catch(() => {})
  }
}
