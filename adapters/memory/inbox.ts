import type { Inbox } from '#domain/ports/inbox'

export type Queued = { id: string; group: string; body: string; visibleAt: number; receives: number; receipt?: string }

type Group = { messages: Queued[]; head: number }

/** A FIFO queue: messages by group in order of arrival, and the bodies that were sent lately. Times in epoch milliseconds. */
export type InboxState = {
  groups: Map<string, Group>
  /** By receipt handle; a later receive makes the earlier handle void. */
  inFlight: Map<string, Queued>
  /** When each (group, body) was sent, oldest first. */
  sent: Map<string, number>
  count: number
}

export const emptyInbox = (): InboxState => ({ groups: new Map(), inFlight: new Map(), sent: new Map(), count: 0 })

/** SQS remembers a deduplication id for five minutes, deleted or not (lessons 9). */
const REMEMBERED_MS = 300_000
const MAX_BATCH = 10

const forgetOld = (sent: InboxState['sent'], now: number): void => {
  for (const [id, at] of sent) {
    if (now - at < REMEMBERED_MS) return
    sent.delete(id)
  }
}

const DELETED = Number.POSITIVE_INFINITY

/** Moves the head past what was deleted; the array is cut when most of it lies behind. */
const passDeleted = (group: Group): void => {
  while (group.messages[group.head]?.visibleAt === DELETED) group.head += 1
  if (group.head < 1024 || group.head * 2 < group.messages.length) return
  group.messages.splice(0, group.head)
  group.head = 0
}

/**
 * At most `max` messages, group by group, each group in order and only while none before it is still with somebody.
 * They are out of sight for `visibilitySeconds` (the queue's 90, unless said otherwise).
 */
export const receive = (state: InboxState, now: number, max = MAX_BATCH, visibilitySeconds = 90): Queued[] => {
  const found: Queued[] = []
  for (const group of state.groups.values()) {
    passDeleted(group)
    for (let i = group.head; found.length < max; i += 1) {
      const message = group.messages[i]
      if (!message || (message.visibleAt !== DELETED && message.visibleAt > now)) break
      if (message.visibleAt !== DELETED) found.push(message)
    }
  }
  for (const message of found) {
    if (message.receipt !== undefined) state.inFlight.delete(message.receipt)
    message.receives += 1
    message.receipt = `${message.id}-${message.receives}`
    message.visibleAt = now + visibilitySeconds * 1000
    state.inFlight.set(message.receipt, message)
  }
  return found
}

/** Deletes what was received; a handle that is void, or whose time is over, deletes nothing. */
export const acknowledge = ({ inFlight }: InboxState, now: number, receipts: readonly string[]): void => {
  for (const receipt of receipts) {
    const message = inFlight.get(receipt)
    if (message && message.visibleAt > now) message.visibleAt = DELETED
    inFlight.delete(receipt)
  }
}

/** The one FIFO queue over plain maps, with deduplication by content within a group. */
export const inbox = (state: InboxState, now: () => number): Inbox => ({
  async send(group, body) {
    forgetOld(state.sent, now())
    const id = `${group}\n${body}`
    if (state.sent.has(id)) return
    state.sent.set(id, now())
    const queue = state.groups.get(group) ?? { messages: [], head: 0 }
    queue.messages.push({ id: `m-${++state.count}`, group, body, visibleAt: 0, receives: 0 })
    state.groups.set(group, queue)
  },
  async retryIn(seconds, receiptHandles) {
    if (receiptHandles.length === 0 || receiptHandles.length > MAX_BATCH)
      throw Object.assign(new Error(`${receiptHandles.length} receipt handles in one request; SQS takes 1 to 10`), {
        name: receiptHandles.length === 0 ? 'EmptyBatchRequest' : 'TooManyEntriesInBatchRequest',
      })
    for (const receipt of receiptHandles) {
      const message = state.inFlight.get(receipt)
      if (message) message.visibleAt = now() + seconds * 1000
    }
  },
})
