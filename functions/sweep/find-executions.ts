import { roundOfName } from '#domain/execution-name'
import type { Executions } from '#domain/ports/executions'
import type { Inbox } from '#domain/ports/inbox'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import { type Telling, tell } from '#functions/sweep/tell'

type Deps = Telling & { table: Pick<ScheduleTable, 'items'>; executions: Pick<Executions, 'ended'>; inbox: Inbox }

const statuses = ['FAILED', 'ABORTED', 'TIMED_OUT'] as const

/** An end is news for so long before it counts as unheard, milliseconds. */
const GRACE_MS = 120_000

/** Executions that ended badly while their job's round goes on: nobody heard it. Returns how many. */
export const findExecutions = async (deps: Deps, now: number): Promise<number> => {
  const { table, executions, inbox } = deps
  let unheard = 0
  for (const status of statuses) {
    const ended = (await executions.ended(status)).filter(({ endedAt }) => now - endedAt > GRACE_MS)
    const rounds = ended.flatMap(({ name }) => roundOfName(name) ?? [])
    const ids = [...new Set(rounds.map(({ job }) => job))]
    if (ids.length === 0) continue
    const jobs = (await table.items(ids.map((id) => keys.job(id)))).flatMap((item) =>
      item ? [Job.parse(item.value)] : [],
    )
    const open = rounds.filter(({ job: id, round }) =>
      jobs.some((job) => job.job === id && job.round === round && !isOver(job.status)),
    )
    for (const { job, round } of open) {
      tell(deps, 'unheardExecutions', { job, round, status })
      await inbox.send('facts', JSON.stringify({ kind: 'execution-ended', job, round, status, at: now }))
    }
    unheard += open.length
  }
  return unheard
}
