import { billedSeconds, costOf, dayOf, roundedUsd } from '#domain/cost'
import { type Books, type Deciding, get, isolated, put } from '#domain/schedule/books'
import type { Attempt } from '#domain/schedule/items/attempt'
import type { Job } from '#domain/schedule/items/job'
import type { Scope } from '#domain/schedule/items/scope'
import type { Spent } from '#domain/schedule/items/spent'
import * as kinds from '#domain/schedule/kinds'

/** EC2 bills from `running` on; where nobody told us of that, from the launch. */
const billedFrom = ({ runningAt }: Job, { openedAt, launchedAt }: Attempt): number =>
  runningAt !== undefined && runningAt >= openedAt ? runningAt : (launchedAt ?? openedAt)

/** What a closed attempt cost, by the prices frozen in it; undefined: no machine, or an attempt from before prices. */
const bill = (job: Job, attempt: Attempt, usefulSeconds: number, now: number): Spent | undefined => {
  const candidate = attempt.request.candidates[attempt.candidate]
  if (attempt.instanceId === undefined || candidate?.usdPerHour === undefined) return undefined
  const { instanceType, market, usdPerHour } = candidate
  const billed = billedSeconds(billedFrom(job, attempt), now)
  const usd = costOf(billed, usdPerHour + (attempt.request.diskUsdPerHour ?? 0))
  return {
    instanceType,
    market,
    usdPerHour,
    billedSeconds: billed,
    usefulSeconds: Math.min(usefulSeconds, billed),
    usd,
  }
}

const sum = (before: Spent | undefined, more: Spent): Spent => ({
  ...more,
  billedSeconds: (before?.billedSeconds ?? 0) + more.billedSeconds,
  usefulSeconds: (before?.usefulSeconds ?? 0) + more.usefulSeconds,
  usd: roundedUsd((before?.usd ?? 0) + more.usd),
})

/** What a payer has spent on the day of `now`, US dollars. */
export const spentOn = (scope: Scope | undefined, now: number): number =>
  scope?.spent?.day === dayOf(now) ? scope.spent.usd : 0

function* charge(books: Books, attempt: Attempt, usefulSeconds: number): Deciding<void> {
  const job = yield* get(books, kinds.job, attempt.job)
  const spent = job && bill(job, attempt, usefulSeconds, books.now)
  if (!job || !spent) return
  put(books, kinds.job, [job.job], { ...job, spent: sum(job.spent, spent) })
  // The payer's own scope, whatever the scope of its gates is: of most payers it is written at a round's end in any case.
  const scope = (yield* get(books, kinds.scope, job.payerId)) ?? { payerId: job.payerId, types: {} }
  const usd = roundedUsd(spentOn(scope, books.now) + spent.usd)
  put(books, kinds.scope, [job.payerId], { ...scope, spent: { day: dayOf(books.now), usd } })
  books.scopes.add(job.payerId)
}

/** Charges every attempt that this unit of work closed to its job, and to its payer's day. */
export function* chargeClosed(books: Books): Deciding<void> {
  for (const { attempt, usefulSeconds } of books.closed)
    yield* isolated(books, `cost of job ${attempt.job}`, charge(books, attempt, usefulSeconds))
}
