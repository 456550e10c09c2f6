import type { Policy } from '#domain/policy/policy'
import { rulesFor } from '#domain/policy/rules-for'
import type { ValidationRules } from '#domain/policy/validation-rules'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Job } from '#domain/schedule/items/job'
import { LastFull } from '#domain/schedule/items/last-full'
import * as keys from '#domain/schedule/keys'

/** The rules by which a job's file is validated. One more read where its row limits how much smaller a full file may be. */
export const rulesOf = async (
  table: Pick<ScheduleTable, 'items'>,
  { payerId, fileType }: Job,
  policy: Policy,
): Promise<ValidationRules> => {
  if (policy.maxDropPercent === 100) return rulesFor(policy, fileType)
  const [item] = await table.items([keys.lastFull(payerId, fileType)])
  return rulesFor(policy, fileType, item ? LastFull.parse(item.value).members : undefined)
}
