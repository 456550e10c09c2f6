import { setTimeout as pause } from 'node:timers/promises'
import type { Inbox } from '#domain/ports/inbox'
import type { ScheduleTable } from '#domain/ports/schedule-table'
import type { Answered } from '#domain/schedule/items/answered'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import { laneName } from '#domain/schedule/lane-name'
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

const asText = ({ action, job, lane }: NonNullable<Answered['asked']>): string =>
  `${action} of ${job ?? (lane ? `lane ${laneName(lane.scope, lane.type)}` : 'nothing')}`

/** @throws when the id was used before for something else. */
const ofTheSame = (request: OwnerRequest, answer: Answered): Answered => {
  const { asked } = answer
  if (!asked || asText(asked) === asText(request)) return answer
  throw new Error(
    `Request ${request.id} was ${asText(asked)}, and is answered; ${asText(request)} needs an id of its own (without --id it gets one)`,
  )
}

/**
 * Puts an owner's request into the inbox and waits for the scheduler's answer; undefined when there is none in time, and
 * then the request stays in the inbox. A request that was answered before (by its id) is not sent again.
 * @throws when its id was used for something else.
 */
export const askScheduler = async (
  request: OwnerRequest,
  { inbox, table, timeoutMs, now = Date.now, wait = pause }: Asking,
): Promise<SchedulerAnswer | undefined> => {
  const answer = async (): Promise<Answered | undefined> => {
    const [item] = await table.items([keys.request(request.id)])
    return item && ofTheSame(request, kinds.request.schema.parse(item.value))
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
