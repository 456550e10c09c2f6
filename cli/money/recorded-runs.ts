import type { JobRow } from '#cli/jobs/job-row'
import type { Run } from '#domain/advise'

/** The jobs of which is known what they took: ended well, with a result that told it. */
export const recordedRuns = (jobs: readonly JobRow[]): Run[] =>
  jobs.flatMap((job) => {
    const { status, endedAt, instanceType, market, peakMemoryBytes, cpuSeconds, usefulSeconds, billedSeconds } = job
    if (status !== 'succeeded' || endedAt === undefined || instanceType === undefined || market === undefined) return []
    if (peakMemoryBytes === undefined || cpuSeconds === undefined) return []
    if (usefulSeconds === undefined || billedSeconds === undefined) return []
    const { payerId, fileType } = job
    const used = { peakMemoryBytes, cpuSeconds, usefulSeconds, billedSeconds }
    return [{ payerId, fileType, endedAt, instanceType, market, ...used }]
  })
