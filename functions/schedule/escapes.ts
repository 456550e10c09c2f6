import * as z from 'zod'
import type { ScheduleTable } from '#domain/ports/schedule-table'

type Table = Pick<ScheduleTable, 'items' | 'write' | 'remove'>

const keyOf = (messageId: string) => ({ pk: 'BEGUN#main', sk: messageId })
const Begun = z.object({ times: z.int() })
/** A message that is never taken up again leaves no note for longer than the queue keeps it, seconds. */
const KEPT_SECONDS = 14 * 24 * 3600

/**
 * How often a message was taken up and not answered for. Whoever dies with it in hand (memory, time) cannot say so:
 * the note is written before, and struck out by whoever comes to an end.
 */
export const begunBefore = async (table: Table, messageId: string): Promise<number> => {
  const [item] = await table.items([keyOf(messageId)])
  return Begun.safeParse(item?.value).data?.times ?? 0
}

export const noteBegun = (table: Table, messageId: string, times: number, now: number): Promise<void> =>
  table.write(keyOf(messageId), { times, expiresAt: Math.floor(now / 1000) + KEPT_SECONDS })

export const strikeOut = (table: Table, messageId: string): Promise<void> => table.remove(keyOf(messageId))

const refusedForEver = new Set(['ValidationException', 'TooLarge'])

/** Would the same message be refused again, whenever it comes? Throttling, conflicts and broken connections pass. */
export const passes = (error: unknown): boolean => {
  if (!(error instanceof Error)) return true
  const reasons: unknown = Reflect.get(error, 'CancellationReasons')
  const codes = Array.isArray(reasons) ? reasons.map((reason) => Reflect.get(Object(reason), 'Code')) : []
  return !refusedForEver.has(error.name) && !codes.includes('ValidationError')
}
