import { acknowledge, type InboxState, receive } from '#adapters/memory/inbox'
import type { Faults, Invocation } from './invocation.ts'
import type { Lambda } from './lambda.ts'

const MAX_RECEIVES = 100
/** Received so often, a message's function is let be: dying over the same one again and again is poison, which is set aside. */
const SPARED_AFTER = 4
const VISIBILITY_MS = 90_000
/** The event source mapping's: two batches at once, ten messages each. */
const AT_ONCE = 2

type Batch = { Records: { messageId: string; receiptHandle: string; body: string; attributes: object }[] }
const failedOf = (result: unknown): string[] => {
  const failures: unknown = Reflect.get(Object(result), 'batchItemFailures')
  return Array.isArray(failures) ? failures.map((each) => String(Reflect.get(Object(each), 'itemIdentifier'))) : []
}

/** A message without the id of its event: the same news under another id says nothing new. */
export const meaningOf = (body: string): string => body.replace(/"id":"event-\d+(-again)?",?/, '')

/** SQS's event source mapping: hands the inbox to `schedule`, deletes what was handled, sets aside what never is. */
export const pump = (
  state: InboxState,
  { clock, tell }: Faults,
  lambda: Lambda,
  run: (invocation: Invocation, event: Batch) => Promise<unknown>,
  heard: (body: string) => void,
) => {
  const dead: string[] = []
  const batches = new Map<string, string[]>()
  const handled = new Set<string>()
  let busy = 0
  let polling = false

  const poke = (delay = 0): void => {
    if (polling && delay === 0) return
    if (delay === 0) polling = true
    clock.after(delay + 5, () => {
      if (delay === 0) polling = false
      while (busy < AT_ONCE && take());
    })
  }

  const take = (): boolean => {
    const messages = receive(state, clock.now())
    const tired = messages.filter(({ receives }) => receives > MAX_RECEIVES)
    dead.push(...tired.map(({ body }) => body))
    acknowledge(
      state,
      clock.now(),
      tired.flatMap(({ receipt }) => receipt ?? []),
    )
    const batch = messages.filter((message) => !tired.includes(message))
    if (batch.length === 0) return tired.length > 0
    busy += 1
    const handles = new Map(batch.map(({ id, receipt }) => [id, receipt ?? '']))
    const event: Batch = {
      Records: batch.map(({ id, body, receives }) => ({
        messageId: id,
        receiptHandle: handles.get(id) ?? '',
        body,
        attributes: { ApproximateReceiveCount: String(receives) },
      })),
    }
    const visible = clock.now() + VISIBILITY_MS
    lambda.invoke(
      { fn: 'schedule', timeoutMs: 15_000, spared: batch.some(({ receives }) => receives > SPARED_AFTER) },
      (invocation) => {
        batches.set(
          invocation.id,
          batch.map(({ body }) => body),
        )
        tell(invocation.id, `takes ${batch.map(({ body }) => body).join(' ')}`)
        return run(invocation, event)
      },
      (outcome) => {
        busy -= 1
        const failed = 'error' in outcome ? [...handles.keys()] : failedOf(outcome.result)
        const done = batch.filter(({ id }) => !failed.includes(id))
        for (const { body } of done) {
          handled.add(meaningOf(body))
          heard(body)
        }
        acknowledge(
          state,
          clock.now(),
          done.map(({ id }) => handles.get(id) ?? ''),
        )
        if (failed.length > 0) poke('error' in outcome ? visible - clock.now() + 10 : 2010)
        poke()
      },
    )
    return true
  }
  return { poke, dead, handled, batchOf: (invocationId: string): readonly string[] => batches.get(invocationId) ?? [] }
}
export type Pump = ReturnType<typeof pump>
