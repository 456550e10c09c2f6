import type { Results } from '#domain/ports/results'
import type { Decision } from '#domain/schedule/decide'
import type { Message } from '#domain/schedule/messages'
import type { Log } from '#functions/log'
import { type Heard, transcriptOf } from '#functions/schedule/transcript'

export type Journaling = {
  /** Absent: no journal is kept. */
  journal?: Pick<Results, 'writeJson'> | undefined
  log: Log
}

type Occasion = { now: number; messages: readonly Message[]; heard: readonly Heard[] }

export const JOURNAL = 'journal/'

/** Of a decision that changed nothing the shard's number stays, so its time tells it apart; it sorts before the one that raised the number. */
const nameOf = ({ seq, writes, calls }: Decision, now: number): string => {
  const number = String(seq).padStart(12, '0')
  return `${JOURNAL}${number}${writes.length === 0 && calls.length === 0 ? `-${now}` : ''}.json`
}

/** A minute's tick that finds nothing to do is no news. */
const isNews = ({ writes, calls, quarantined }: Decision, messages: readonly Message[]): boolean =>
  writes.length + calls.length + quarantined.length > 0 || messages.some(({ kind }) => kind !== 'tick')

/** Keeps what a committed decision rested on. A journal that cannot be written never stops the scheduler. */
export const keepTranscript = async (decision: Decision, occasion: Occasion, deps: Journaling): Promise<void> => {
  if (!deps.journal || !isNews(decision, occasion.messages)) return
  try {
    await deps.journal.writeJson(nameOf(decision, occasion.now), transcriptOf(decision, occasion))
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    deps.log.warn('a decision is missing from the journal', { seq: decision.seq, reason })
  }
}
