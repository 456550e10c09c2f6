import type { Policy } from '#domain/policy/policy'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { bootLoop } from '#domain/schedule/boots'
import type { Job } from '#domain/schedule/items/job'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { CapacityUnavailable } from '#functions/launch/launch-errors'

/**
 * Files that were admitted before their payer's lanes were held go back to them: no more machines are started for nothing.
 * @throws CapacityUnavailable, which gives the turn back
 */
export const checkBoots = async (
  { payerId }: Job,
  { bootFailures }: Policy,
  table: Pick<ScheduleTable, 'items'>,
): Promise<void> => {
  const [item] = await table.items([keys.scope(payerId)])
  const why = bootLoop(kinds.scope.schema.optional().parse(item?.value), bootFailures)
  if (why !== undefined) throw new CapacityUnavailable(why)
}
