import type { z } from 'zod'
import { burstEfficiency } from '#domain/cost'
import { parseOnce } from '#domain/parse-once'
import type { StoredItem } from '#domain/schedule/books'
import type { Decision } from '#domain/schedule/decide'
import { Attempt } from '#domain/schedule/items/attempt'
import { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import { jobFacts } from '#functions/job-facts'
import type { Log } from '#functions/log'
import type { Measure } from '#functions/metrics'
import type { Heard } from '#functions/schedule/transcript'

type Change<T> = { before: T | undefined; after: T }

const isItem = (value: unknown): value is StoredItem => typeof value === 'object' && value !== null && 'pk' in value

/** Items as the decision read them. A page's items and an answer to keys look the same; the last answer is the one decided on. */
const itemsHeard = (heard: readonly Heard[]): Map<string, unknown> => {
  const items = new Map<string, unknown>()
  for (const { question, answer } of heard) {
    if (question.ask !== 'items' && question.ask !== 'page') continue
    const found = question.ask === 'page' ? Reflect.get(Object(answer), 'items') : answer
    for (const item of Array.isArray(found) ? found : [])
      if (isItem(item)) items.set(`${item.pk}\n${item.sk}`, item.value)
  }
  return items
}

const beforeOf = <T>(schema: z.ZodType<T>, was: unknown): T | undefined =>
  was === undefined ? undefined : parseOnce(schema, was)

/** Items of one kind that the decision wrote, each as it was and as it is. */
const changesOf = <T>(
  { writes }: Decision,
  was: Map<string, unknown>,
  [prefix, rest]: readonly [string, string],
  schema: z.ZodType<T>,
): Change<T>[] =>
  writes
    .filter(({ key, value }) => key.pk.startsWith(prefix) && key.sk.startsWith(rest) && value !== undefined)
    .map(({ key, value }) => ({
      before: beforeOf(schema, was.get(`${key.pk}\n${key.sk}`)),
      after: parseOnce(schema, value),
    }))

const one = (metric: Measure['metric'], value = 1): Measure => ({ metric, value })
const seconds = (from: number | undefined, to: number): number => Math.max(0, (to - (from ?? to)) / 1000)

const ends: Partial<Record<Job['status'], Measure['metric']>> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  rejected: 'Rejected',
}

const ofJob = ({ before, after }: Change<Job>): Measure[] => {
  const measures: Measure[] = before ? [] : [one('Arrived')]
  if (before && after.round > before.round) measures.push({ ...one('Retried'), by: 'owner' })
  if (before?.status === after.status) return measures
  const end = ends[after.status]
  if (end) measures.push(one(end))
  const admitted = after.turn > (before?.turn ?? 0)
  if (admitted) measures.push(one('Admitted'), one('WaitedSeconds', seconds(after.waitingAt, after.startedAt ?? 0)))
  if (before?.status === 'starting' && after.status === 'waiting') measures.push(one('CapacityRefused'))
  if (before?.status === 'starting' && after.status === 'running')
    measures.push(one('LaunchLatency', seconds(before.startedAt, after.runningAt ?? 0)))
  return measures
}

/** What this decision charged the job for: the attempt that it closed. */
const ofCost = ({ before, after }: Change<Job>): Measure[] => {
  const more = (part: 'usd' | 'billedSeconds' | 'usefulSeconds'): number =>
    (after.spent?.[part] ?? 0) - (before?.spent?.[part] ?? 0)
  const [usd, billed, useful] = [more('usd'), more('billedSeconds'), more('usefulSeconds')]
  if (billed <= 0) return []
  const efficiency = 100 * burstEfficiency({ billedSeconds: billed, usefulSeconds: useful })
  return [{ ...one('CostUsd', usd), by: after.payerId }, one('BurstEfficiency', efficiency)]
}

const ofAttempt = ({ before, after }: Change<Attempt>): Measure[] =>
  before?.state === 'open' && after.state === 'lost' ? [one('Lost')] : []

/** What an editor sees on a row that is not in force begins like this (domain/schedule/rows.ts). */
const NOT_IN_FORCE = 'not in force'

const invalidRows = ({ calls }: Decision): Measure[] =>
  calls
    .map(({ what }) => what)
    .filter((what) => what.call === 'row-status' || what.call === 'pool-status')
    .filter(({ status }) => status.startsWith(NOT_IN_FORCE))
    .map(() => one('InvalidRow'))

const facts = ({ before, after }: Change<Job>) => ({
  ...jobFacts(after),
  ...{ round: after.round, turn: after.turn, attempt: after.attempts, from: before?.status, to: after.status },
  because: isOver(after.status) ? after.because : undefined,
})

const tell = (decision: Decision, heard: readonly Heard[], log: Log): void => {
  const was = itemsHeard(heard)
  const jobs = changesOf(decision, was, ['JOB#', 'STATE'], Job)
  const attempts = changesOf(decision, was, ['JOB#', 'ATTEMPT#'], Attempt)
  for (const change of jobs)
    if (change.before?.status !== change.after.status || change.before?.round !== change.after.round)
      log.info('a job moved', facts(change))
  const measures = [
    ...jobs.flatMap(ofJob),
    ...jobs.flatMap(ofCost),
    ...attempts.flatMap(ofAttempt),
    ...invalidRows(decision),
    ...decision.troubled.map(() => one('Troubled')),
    ...decision.repaired.map(() => one('Repaired')),
  ]
  if (measures.length > 0) log.measure(measures)
}

/**
 * After a decision is committed: one line for every job that moved, and the numbers that it makes. Derived from what was
 * read and what was written, so that the reducer stays pure and no step counts by itself. Never stops the scheduler, whose
 * transaction is done.
 */
export const notice = (decision: Decision, heard: readonly Heard[], log: Log): void => {
  try {
    tell(decision, heard, log)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    log.warn('a decision was not measured', { seq: decision.seq, reason })
  }
}
