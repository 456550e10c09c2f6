import { candidatesOf, deadlinesOf, outgrown } from '#domain/launching'
import { instanceTypes } from '#domain/policy/instance-types'
import type { MachinePolicy } from '#domain/policy/machine-fields'
import type { Processors, PushedProcessor } from '#domain/ports/processors'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { firstFree } from '#domain/refusals'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Candidate } from '#domain/schedule/items/candidate'
import type { Job } from '#domain/schedule/items/job'
import { CapacityUnavailable, LaunchRejected } from '#functions/launch/launch-errors'
import { processorOf } from '#functions/launch/processor-of'
import { recentRefusals } from '#functions/launch/recent-refusals'
import { diskUsdPerHour, withPrices } from '#functions/launch/with-prices'

export type Opening = {
  table: Pick<ScheduleTable, 'page' | 'writeAttempt'>
  processors: Processors
  buckets: { artifacts: string }
  launchTemplate: { id: string; version: string }
  roleId: string
  subnets: string[]
  now: () => number
}

/** An instance that the processor does not run on is no candidate, though the row names it. */
const runs =
  ({ architectures }: PushedProcessor) =>
  ({ instanceType }: Candidate): boolean =>
    architectures === undefined || architectures.some((each) => each === instanceTypes[instanceType]?.architecture)

/**
 * Writes an attempt with its frozen request, before EC2 is asked: the same client token must always carry the same parameters.
 * It begins with the first candidate that EC2 has not refused to somebody in the last minutes.
 * @throws CapacityUnavailable when there is none, or when the row now asks for more than was admitted; nothing is written
 */
export const openAttempt = async (
  job: Job,
  { attempt: number, losses }: { attempt: number; losses: number },
  machine: MachinePolicy,
  input: { job: string; round: number; turn: number; token: string },
  deps: Opening,
): Promise<Attempt> => {
  const grown = outgrown(job, machine)
  if (grown !== undefined) throw new CapacityUnavailable(grown)
  const { runSeconds, deadlineMinutes, leaseMinutes } = deadlinesOf(machine)
  const now = deps.now()
  const { artifacts } = deps.buckets
  const processor = await processorOf(machine.processor, deps.processors, artifacts)
  const candidates = candidatesOf(machine, deps.subnets, number, losses).filter(runs(processor))
  if (candidates.length === 0)
    throw new LaunchRejected(
      `processor ${machine.processor} runs on ${processor.architectures?.join(', ')}; the row names ${machine.instanceTypes.join(', ')}`,
    )
  const candidate = firstFree(candidates, await recentRefusals(deps.table), 0, now)
  if (candidate === undefined)
    throw new CapacityUnavailable(`EC2 has refused all ${candidates.length} candidates in the last minutes`)
  const validator = job.unvalidated ? await processorOf('validator', deps.processors, artifacts) : undefined
  const attempt: Attempt = {
    job: job.job,
    round: input.round,
    attempt: number,
    turn: input.turn,
    rev: 1,
    state: 'open',
    candidate,
    request: {
      candidates: withPrices(candidates),
      roleId: deps.roleId,
      launchTemplate: deps.launchTemplate,
      processor: { ...processor, packages: [...new Set([...processor.packages, ...(validator?.packages ?? [])])] },
      ...(validator === undefined ? {} : { validator: { key: validator.key, sha256: validator.sha256 } }),
      runSeconds,
      deadlineMinutes,
      bootMinutes: machine.bootMinutes,
      hangMinutes: machine.hangMinutes,
      diskGiB: machine.diskGiB,
      diskUsdPerHour: diskUsdPerHour(machine.diskGiB),
      tags: machine.tags,
      ...(machine.image === undefined ? {} : { image: machine.image }),
      ...(machine.rootDevice === undefined ? {} : { rootDevice: machine.rootDevice }),
      terminateAfter: now + leaseMinutes * 60_000,
    },
    tokens: [input.token],
    openedAt: now,
  }
  await deps.table.writeAttempt({ attempt, was: undefined, job: input })
  return attempt
}
