import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Refused } from '#domain/schedule/items/refused'
import * as keys from '#domain/schedule/keys'

/** More than there are candidates: 12 types, 2 markets, 6 zones. */
const MOST = 200

/** What EC2 has refused to anybody in the last minutes: one Query. Old ones may be among them, until DynamoDB's TTL comes. */
export const recentRefusals = async (table: Pick<ScheduleTable, 'page'>): Promise<Refused[]> => {
  const { items } = await table.page({ pk: keys.REFUSALS, prefix: '', limit: MOST })
  return items.map(({ value }) => Refused.parse(value))
}
