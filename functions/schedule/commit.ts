import { parseOnce } from '#domain/parse-once'
import { type ScheduleTable, Superseded, TooLarge } from '#domain/ports/schedule-table'
import { type Decision, decide } from '#domain/schedule/decide'
import { Job } from '#domain/schedule/items/job'
import { recordOf } from '#domain/schedule/job-record'
import * as keys from '#domain/schedule/keys'
import * as kinds from '#domain/schedule/kinds'
import type { Message } from '#domain/schedule/messages'
import { type Journaling, keepTranscript } from '#functions/schedule/journal'
import { notice } from '#functions/schedule/notice'
import type { Heard } from '#functions/schedule/transcript'
import { type Sources, think } from '#functions/think'

/** Two invocations at most contend for the sequence number; each refusal means that the other made progress. */
const MAX_TRIES = 20

export type Committing = Sources & Journaling & { table: ScheduleTable; now: () => number }

const isJob = ({ key, value }: Decision['writes'][number]): boolean =>
  key.pk.startsWith('JOB#') && key.sk === 'STATE' && value !== undefined

const nothingToWrite = ({ writes, calls }: Decision): boolean => writes.length === 0 && calls.length === 0

/**
 * A decision that writes nothing was made of several reads too. If somebody wrote between them, they may contradict each
 * other: a sound message would be quarantined, or an edit passed over. @throws Superseded
 */
const stillHolds = async ({ seq }: Decision, table: ScheduleTable): Promise<void> => {
  const [item] = await table.items([keys.shard()])
  const now = kinds.shard.schema.optional().parse(item?.value)?.seq ?? 0
  if (now !== seq) throw new Superseded(`the shard is at ${now}, the decision was made at ${seq}`)
}

const commit = async (decision: Decision, now: number, table: ScheduleTable): Promise<void> => {
  if (nothingToWrite(decision)) return stillHolds(decision, table)
  await table.commit({
    seq: decision.seq,
    writes: decision.writes,
    fences: decision.fences,
    calls: decision.calls.map(({ key, what }) => ({ key, item: { at: now, tries: 0, what } })),
    records: decision.writes.filter(isJob).map(({ value }) => recordOf(parseOnce(Job, value))),
  })
}

/** A result ends a round and admits another job, 17 actions at most for both; a transaction takes 100. */
const MAX_RESULTS = 5

/**
 * The messages in their order, cut so that no part brings more results than one transaction can take. An audit goes alone:
 * what it counts in the table must not be what another message of its transaction is about to change.
 */
const portionsOf = (messages: readonly Message[]): Message[][] => {
  const portions: Message[][] = []
  for (const message of messages) {
    const last = portions.at(-1)
    const full = last?.filter(({ kind }) => kind === 'result').length === MAX_RESULTS
    const alone = message.kind === 'audit' || last?.at(-1)?.kind === 'audit'
    if (last && !alone && !(full && message.kind === 'result')) last.push(message)
    else portions.push([message])
  }
  return portions
}

/** Decides on messages, in one transaction when their changes surely fit one. */
export const decideAndCommit = async (messages: readonly Message[], deps: Committing): Promise<Decision[]> => {
  const decisions: Decision[] = []
  for (const portion of portionsOf(messages)) decisions.push(...(await decideTogether(portion, deps)))
  return decisions
}

/**
 * Decides on messages in one transaction, again from fresh reads when somebody else wrote first.
 * Messages whose changes do not fit one transaction go in halves.
 */
const decideTogether = async (messages: readonly Message[], deps: Committing): Promise<Decision[]> => {
  for (let tries = 1; ; tries++) {
    const now = deps.now()
    try {
      const heard: Heard[] = []
      const decision = await think(decide(messages, now), deps, (question, answer) => heard.push({ question, answer }))
      await commit(decision, now, deps.table)
      notice(decision, heard, deps.log)
      await keepTranscript(decision, { now, messages, heard }, deps)
      return [decision]
    } catch (error) {
      if (error instanceof TooLarge && messages.length > 1) {
        const half = Math.ceil(messages.length / 2)
        const first = await decideTogether(messages.slice(0, half), deps)
        return [...first, ...(await decideTogether(messages.slice(half), deps))]
      }
      if (!(error instanceof Superseded) || tries >= MAX_TRIES) throw error
    }
  }
}
