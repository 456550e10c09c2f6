import { ageOf, type JobRow } from '#cli/jobs/job-row'
import { whyItWaits } from '#cli/jobs/why-it-waits'
import { readableDuration, readableTime } from '#cli/screen/readable-time'
import { isOver } from '#domain/schedule/items/status'

const changeOf = (job: JobRow): string => {
  const facts = [job.status, whyItWaits(job), isOver(job.status) ? '' : job.instanceId]
  return `${job.key}  ${facts.filter(Boolean).join('  ')}`
}

/** For logs and pipes: a line for each job that is not as it was when last told. `known` needs no line as it stands. */
export const jobChanges = (known: readonly JobRow[] = []) => {
  const told = new Map(known.map((job) => [job.jobId, changeOf(job)]))
  return (jobs: readonly JobRow[], now: number): string[] =>
    jobs.flatMap((job) => {
      const line = changeOf(job)
      if (told.get(job.jobId) === line) return []
      told.set(job.jobId, line)
      const time = isOver(job.status) ? `  after ${readableDuration(ageOf(job, now))}` : ''
      return [`${readableTime(now, now)}  ${line.replace(/\p{C}/gu, '?')}${time}`]
    })
}
