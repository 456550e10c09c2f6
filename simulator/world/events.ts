import type { Inbox } from '#domain/ports/inbox'
import type { Random } from '../random.ts'
import type { Faults } from './invocation.ts'

/**
 * EventBridge: at least once, in no order. S3's events are durable; those of EC2 and Step Functions are best effort.
 * One delivered again within five minutes is dropped by the queue, so some come later, and some under an id of their own.
 */
export const eventBridge = ({ clock, random, odds, tell }: Faults, inbox: Inbox, repeats: Random) => {
  let count = 0
  const put = (group: 'landed' | 'facts', name: string, body: object, delay: number): void => {
    clock.after(delay, async () => {
      tell('EventBridge', name)
      await inbox.send(group, JSON.stringify(body))
    })
  }
  return {
    send(group: 'landed' | 'facts', name: string, body: Record<string, unknown>, durable: boolean): void {
      const chance = odds()
      const [lost, late, twice] = [random.next(), random.next(), random.next()]
      if (!durable && lost < (chance?.lost ?? 0)) return tell('EventBridge', `loses: ${name}`)
      const delay =
        late < ((group === 'landed' ? chance?.lateFiles : chance?.late) ?? 0)
          ? random.between(20_000, 150_000)
          : random.between(200, 2500)
      const event = { id: `event-${++count}`, ...body }
      put(group, name, event, delay)
      if (twice >= (chance?.twice ?? 0)) return
      const again = repeats.pick([500, 5000, 60_000, 400_000, 900_000])
      put(
        group,
        `${name} (again)`,
        repeats.chance(0.7) ? { ...event, id: `event-${count}-again` } : event,
        delay + again,
      )
    },
  }
}
export type EventBridge = ReturnType<typeof eventBridge>

/** The S3 event of one object, in EventBridge's form. */
export const objectEvent = (
  type: 'Object Created' | 'Object Deleted',
  object: { bucket: string; key: string; size?: number; version?: string; sequencer: string },
): Record<string, unknown> => ({
  'detail-type': type,
  detail: {
    bucket: { name: object.bucket },
    object: {
      key: object.key,
      ...(object.size === undefined ? {} : { size: object.size }),
      ...(object.version === undefined ? {} : { 'version-id': object.version }),
      sequencer: object.sequencer,
    },
    reason: type === 'Object Created' ? 'PutObject' : 'DeleteObject',
  },
})
