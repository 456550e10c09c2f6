import * as z from 'zod'
import type { Files } from '#domain/ports/files'
import { CallItem } from '#domain/schedule/calls'
import * as keys from '#domain/schedule/keys'
import type { Message } from '#domain/schedule/messages'
import { type Acting, carryOut } from '#functions/schedule/carry-out'
import { type Committing, decideAndCommit } from '#functions/schedule/commit'
import { begunBefore, noteBegun, passes, strikeOut } from '#functions/schedule/escapes'
import { readMessage } from '#functions/schedule/read-message'

export const Batch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string(),
      receiptHandle: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().default(1) }),
    }),
  ),
})
type Received = z.infer<typeof Batch>['Records'][number]

export type Deps = Committing & Acting & { files: Files }

/** Received more often than this, a message goes in a transaction of its own: it may be the one that breaks the batch. */
const ALONE_AFTER = 3
/** Taken up alone so often without an answer, it is set aside unread. */
const MAX_BEGUN = 3
/** Others' calls are carried out only when this old: their own invocation may be at it. */
const STALE_CALL_MS = 60_000
/** After a failure of infrastructure, seconds. */
const RETRY_SECONDS = 2

/** Short names only: what somebody sent by hand may be anything, and does not go into the log. */
const Name = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .optional()
  .catch(undefined)
const Named = z.object({ kind: Name, job: Name, instanceId: Name })
/** What a message says it is about, if it can be read at all. */
const namedIn = (body: string): z.infer<typeof Named> => {
  try {
    return Named.safeParse(JSON.parse(body)).data ?? {}
  } catch {
    return {}
  }
}

const quarantine = async (record: Received, reason: string, deps: Deps): Promise<void> => {
  deps.log.error('a message was quarantined', { ...namedIn(record.body), messageId: record.messageId, reason })
  deps.log.measure([{ metric: 'Quarantined', value: 1 }])
  const { messageId, body } = record
  await deps.table.write({ pk: 'QUARANTINE#main', sk: messageId }, { at: deps.now(), reason, body })
}

/** Reads a message; what cannot be read is set aside with its reason and never retried for ever. */
const understand = async (record: Received, deps: Deps): Promise<Message[]> => {
  try {
    const message = await readMessage(record.body, deps)
    return message ? [message] : []
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error
    await quarantine(record, error instanceof SyntaxError ? 'not JSON' : z.prettifyError(error), deps)
    return []
  }
}

const staleCalls = async (deps: Deps): Promise<void> => {
  const { items } = await deps.table.page({ pk: keys.CALLS, prefix: '', limit: 100 })
  const stale = items
    .map(({ pk, sk, value }) => ({ key: { pk, sk }, item: CallItem.parse(value) }))
    .filter(({ item }) => deps.now() - item.at > STALE_CALL_MS)
  if (stale.length > 0) deps.log.warn('calls were left in the outbox', { calls: stale.length })
  await carryOut(
    stale.map(({ key, item }) => ({ key, what: item.what, tries: item.tries })),
    deps,
  )
}

const work = async (records: readonly Received[], deps: Deps): Promise<void> => {
  const messages: Message[] = []
  for (const record of records) messages.push(...(await understand(record, deps)))
  for (const decision of await decideAndCommit(messages, deps)) {
    for (const { message, reason } of decision.quarantined)
      await quarantine(
        {
          messageId: `${decision.seq}-${message.kind}`,
          body: JSON.stringify(message),
          receiptHandle: '',
          attributes: { ApproximateReceiveCount: 1 },
        },
        reason,
        deps,
      )
    for (const trouble of decision.troubled)
      deps.log.error('a lane or pool could not be evaluated and is held', trouble)
    for (const repair of decision.repaired) deps.log.error('a sum disagreed with its jobs and was put right', repair)
    deps.log.info('decided', {
      seq: decision.seq,
      messages: messages.map(({ kind }) => kind),
      calls: decision.calls.map(({ what }) => what.call),
    })
    await carryOut(decision.calls, deps)
  }
  if (messages.some(({ kind }) => kind === 'tick')) await staleCalls(deps)
}

/** A message that may be the one that ends whoever takes it up: noted before, struck out after, set aside in the end. */
const workAlone = async (record: Received, deps: Deps): Promise<void> => {
  const begun = await begunBefore(deps.table, record.messageId)
  if (begun >= MAX_BEGUN) {
    await quarantine(record, `taken up ${begun} times alone and never answered for: memory, time, or refused`, deps)
    return strikeOut(deps.table, record.messageId)
  }
  await noteBegun(deps.table, record.messageId, begun + 1, deps.now())
  try {
    await work([record], deps)
  } catch (error) {
    if (passes(error)) await strikeOut(deps.table, record.messageId)
    throw error
  }
  await strikeOut(deps.table, record.messageId)
}

/** The scheduler around its reducer: load → decide → one transaction → calls. Answers which messages must come again. */
export const schedule = async (batch: z.infer<typeof Batch>, deps: Deps) => {
  const alone = batch.Records.filter(({ attributes }) => attributes.ApproximateReceiveCount > ALONE_AFTER)
  const together = batch.Records.filter((record) => !alone.includes(record))
  const failed: Received[] = []
  const portions = [
    { records: together, handle: () => work(together, deps) },
    ...alone.map((record) => ({ records: [record], handle: () => workAlone(record, deps) })),
  ]
  for (const { records, handle } of portions) {
    if (records.length === 0) continue
    try {
      await handle()
    } catch (error) {
      failed.push(...records)
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      deps.log.error('the batch could not be decided; it comes again', { messages: records.length, reason })
      deps.log.measure([{ metric: 'Undecided', value: 1 }])
      await deps.inbox.retryIn(
        RETRY_SECONDS,
        records.map(({ receiptHandle }) => receiptHandle),
      )
    }
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}
