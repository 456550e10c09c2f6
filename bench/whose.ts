import type { Transaction } from '#domain/ports/schedule-table'
import { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'

/**
 * Whom an item serves: one job that the transaction admits; one that it ends, with what only that one needed (its machine,
 * its attempt, its payer's scope when nobody of that payer is admitted); or everybody (shard, pools, boards, scopes).
 */
export type Whose = 'admitted' | 'ended' | 'all'

const jobsOf = ({ writes }: Transaction): Job[] =>
  writes.flatMap(({ key, value }) =>
    key.sk === keys.job('').sk && key.pk.startsWith('JOB#') && value !== undefined ? [Job.parse(value)] : [],
  )

/** Of a transaction: the jobs that it admits, and whom an item of it serves, by its key. */
export const whoseOf = (transaction: Transaction) => {
  const jobs = jobsOf(transaction)
  const admitted = jobs.filter(({ status }) => status === 'starting')
  const ended = jobs.filter(({ status }) => isOver(status))
  const names = (those: readonly Job[], text: string): boolean => those.some(({ job }) => text.includes(job))
  const ofPayer = (those: readonly Job[], payer: string | undefined): boolean =>
    those.some(({ payerId }) => payerId === payer)

  const whose = (key: keys.Key): Whose => {
    const text = `${key.pk} ${key.sk}`
    const [kind, payer] = key.pk.split('#')
    // The board is the lanes' own place, whichever job stands at their head.
    if (key.sk.startsWith(keys.BOARD)) return 'all'
    if (names(admitted, text)) return 'admitted'
    if (names(ended, text) || kind === 'INSTANCE') return 'ended'
    const payersOwn = kind === 'SCOPE' || kind === 'LANE' || kind === 'ROWS'
    return payersOwn && !ofPayer(admitted, payer) && ofPayer(ended, payer) ? 'ended' : 'all'
  }
  return { admissions: admitted.length, whose }
}
