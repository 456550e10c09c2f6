import { setTimeout as pause } from 'node:timers/promises'
import type { Inbox } from '#domain/ports/inbox'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Answered } from '#domain/schedule/items'
import * as keys from '#domain/schedule/keys'
import type { Message } from '#domain/schedule/messages'

export type OwnerRequest = Extract<Message, { kind: 'request' }>

type Asking = {
  readonly inbox: Pick<Inbox, 'send'>
  readonly table: Pick<ScheduleTable, 'items'>
  readonly timeoutMs: number
  readonly now?: () => number
  readonly wait?: (millis: number) => Promise<unknown>
}

/** Between two looks for the answer, milliseconds: a decision takes a fraction of a second. */
const PAUSE_MS = 300

/** `before`: the request was answered earlier, and not sent again. */
export type SchedulerAnswer = Answered & { readonly before: boolean }

/**
 * Puts an owner's request into the inbox and waits for the scheduler's answer; undefined when there is none in time, and
 * then the request stays in the inbox. A request that was answered before (by its id) is not sent again.
 */
export const askScheduler = async (
  request: OwnerRequest,
  { inbox, table, timeoutMs, now = Date.now, wait = pause }: Asking,
): Promise<SchedulerAnswer | undefined> => {
  const answer = async (): Promise<Answered | undefined> => {
    const [item] = await table.items([keys.request.key(request.id)])
    return item && keys.request.schema.parse(item.value)
  }
  const earlier = await answer()
  if (earlier) return { ...earlier, before: true }
  await inbox.send('facts', JSON.stringify(request))
  for (const deadline = now() + timeoutMs; ; ) {
    const found = await answer()
    if (found) return { ...found, before: false }
    if (now() >= deadline) return undefined
    await wait(PAUSE_MS)
  }
}
