import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import { JobStopped, RoundIsOver } from '#functions/round-errors'

/** The job as it stands, if this round of it still is to be worked on. One read. @throws RoundIsOver, JobStopped */
export const readJob = async (table: Pick<ScheduleTable, 'items'>, id: string, round: number): Promise<Job> => {
  const [item] = await table.items([keys.job(id)])
  if (!item) throw new RoundIsOver(`no job ${id}`)
  const job = Job.parse(item.value)
  if (isOver(job.status) || job.round !== round)
    throw new RoundIsOver(`job ${id} is ${job.status} in round ${job.round}, not at work in round ${round}`)
  if (job.stop) throw new JobStopped(job.stop.because)
  return job
}
