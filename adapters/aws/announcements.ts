import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { Announcements } from '#domain/ports/announcements'

/** The bus did not take an event: EventBridge says so in its answer, not by an error. */
class NotPublished extends Error {
  override readonly name = 'NotPublished'
}

/** Events of our own on the account's default bus, where any rule of any team can hear them. */
export const announcements = (events: EventBridgeClient): Announcements => ({
  async publish(done) {
    const { Entries = [] } = await events.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'mayfly',
            DetailType: 'Payer File Done',
            Detail: JSON.stringify(done),
            Time: new Date(done.endedAt),
          },
        ],
      }),
    )
    const [entry] = Entries
    if (entry?.ErrorCode !== undefined)
      throw new NotPublished(`the bus answered ${entry.ErrorCode} for job ${done.job}: ${entry.ErrorMessage ?? ''}`)
  },
})
