/** EC2 bills an instance by the second from `running` on, for a minute at least (aws-facts). */
const MINIMUM_SECONDS = 60
const DAY_MS = 24 * 3600 * 1000

/** Seconds that a machine is billed for, from and until epoch milliseconds. */
export const billedSeconds = (from: number, until: number): number =>
  Math.max(MINIMUM_SECONDS, Math.ceil((until - from) / 1000))

/** To a hundred-millionth of a dollar, so that sums of sums stay readable; the cheapest minute costs 0.00007833. */
export const roundedUsd = (usd: number): number => Math.round(usd * 1e8) / 1e8

export const costOf = (seconds: number, usdPerHour: number): number => roundedUsd((seconds / 3600) * usdPerHour)

/** Useful ÷ billed seconds, 0 to 1: what boot, the first minute, shutdown and lost attempts leave of what is paid for. */
export const burstEfficiency = (spent: { usefulSeconds: number; billedSeconds: number }): number =>
  spent.billedSeconds === 0 ? 0 : Math.min(1, spent.usefulSeconds / spent.billedSeconds)

/** The day in UTC, `2026-11-22`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)

/** The next midnight in UTC, epoch milliseconds. */
export const nextDay = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS
