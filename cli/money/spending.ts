import type { JobRow } from '#cli/jobs/job-row'
import { burstEfficiency, roundedUsd } from '#domain/cost'

export type Spending = {
  readonly payerId: string
  /** The day on which the jobs ended, UTC. */
  readonly day: string
  readonly jobs: number
  readonly billedSeconds: number
  readonly usefulSeconds: number
  readonly costUsd: number
  readonly burstEfficiency: number
}

const added = (row: Spending, job: JobRow): Spending => {
  const billedSeconds = row.billedSeconds + (job.billedSeconds ?? 0)
  const usefulSeconds = row.usefulSeconds + (job.usefulSeconds ?? 0)
  const share = burstEfficiency({ billedSeconds, usefulSeconds })
  return {
    ...row,
    ...{ jobs: row.jobs + 1, billedSeconds, usefulSeconds, costUsd: roundedUsd(row.costUsd + (job.costUsd ?? 0)) },
    burstEfficiency: Math.round(share * 1e4) / 1e4,
  }
}

/** What the jobs that ended cost, per day and payer, the newest day first. Jobs that never had an instance are not in it. */
export const spendingOf = (jobs: readonly JobRow[]): Spending[] => {
  const rows = new Map<string, Spending>()
  for (const job of jobs) {
    if (job.costUsd === undefined || job.endedAt === undefined) continue
    const { payerId } = job
    const day = job.endedAt.slice(0, 10)
    const nothing = { jobs: 0, billedSeconds: 0, usefulSeconds: 0, costUsd: 0, burstEfficiency: 0 }
    rows.set(`${day} ${payerId}`, added(rows.get(`${day} ${payerId}`) ?? { payerId, day, ...nothing }, job))
  }
  return [...rows.values()].sort((a, b) =>
    a.day === b.day ? (a.payerId < b.payerId ? -1 : 1) : a.day < b.day ? 1 : -1,
  )
}
