import { candidatesOf, deadlinesOf } from '#domain/launching'
import type { PolicyTables } from '#domain/ports/policy-tables'
import type { Processors } from '#domain/ports/processors'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Attempt, Job } from '#domain/schedule/items'
import { LaunchRejected } from '#functions/launch/launch-errors'
import { diskUsdPerHour, withPrices } from '#functions/launch/with-prices'
import { policyOf } from '#functions/policy-of'

export type Opening = {
  table: Pick<ScheduleTable, 'items' | 'writeAttempt'>
  tables: Pick<PolicyTables, 'rows'>
  processors: Processors
  launchTemplate: { id: string; version: string }
  roleId: string
  subnets: string[]
  now: () => number
}

const processorOf = async (wanted: string, processors: Processors) => {
  const [name = '', sha256] = wanted.split('@')
  const latest = await processors.latest(name)
  if (!latest)
    throw new LaunchRejected(
      `no processor ${JSON.stringify(name)} in the artifacts bucket; run: mayfly processors push`,
    )
  return sha256 === undefined ? latest : { ...latest, sha256, key: `processors/${name}/${sha256}.tar.gz` }
}

/** Writes an attempt with its frozen request, before EC2 is asked: the same client token must always carry the same parameters. */
export const openAttempt = async (
  job: Job,
  number: number,
  input: { job: string; round: number; turn: number; token: string },
  deps: Opening,
): Promise<Attempt> => {
  const policy = await policyOf(deps, job.payerId, job.fileType)
  const { runSeconds, deadlineMinutes, leaseMinutes } = deadlinesOf(policy)
  const now = deps.now()
  const attempt: Attempt = {
    job: job.job,
    round: input.round,
    attempt: number,
    turn: input.turn,
    rev: 1,
    state: 'open',
    candidate: 0,
    request: {
      candidates: withPrices(candidatesOf(policy, deps.subnets, number)),
      roleId: deps.roleId,
      launchTemplate: deps.launchTemplate,
      processor: await processorOf(policy.processor, deps.processors),
      runSeconds,
      deadlineMinutes,
      hangMinutes: policy.hangMinutes,
      diskGiB: policy.diskGiB,
      diskUsdPerHour: diskUsdPerHour(policy.diskGiB),
      terminateAfter: now + leaseMinutes * 60_000,
    },
    tokens: [input.token],
    openedAt: now,
  }
  await deps.table.writeAttempt({ attempt, was: undefined, job: input })
  return attempt
}
