import type { Inbox } from '#domain/ports/inbox'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import { Due } from '#domain/schedule/items/due'
import * as keys from '#domain/schedule/keys'

/** Due times that one look announces; the next minute brings the rest. */
const PAGE = 100

/**
 * Announces the times that have come (grace, quiet and pauses). They go behind all files that were announced before: the
 * end of a grace period must find them registered. Returns how many.
 */
export const findDue = async (
  { table, inbox }: { table: Pick<ScheduleTable, 'page'>; inbox: Inbox },
  now: number,
): Promise<number> => {
  const { items } = await table.page({ pk: keys.DUE, prefix: '', limit: PAGE })
  const due = items.filter(({ sk }) => Number(sk.split('#')[0]) <= now)
  // With the time of the look: the queue drops a body that it had within five minutes, and the scheduler's clock may be
  // behind ours, so that it puts the same time back.
  for (const { sk, value } of due)
    await inbox.send('landed', JSON.stringify({ kind: 'due', sk, scope: Due.parse(value).scope, at: now }))
  return due.length
}
