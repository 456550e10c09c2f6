import { noticesOf } from '#local/chaos/notices'
import type { Observed } from '#local/chaos/observed'

export type Line = { readonly fault: string; readonly by: string; readonly times: number; readonly worstMs?: number }

/** A run in figures. Times in milliseconds. `expected` faults that never struck have a line that says so. */
export const summaryOf = (observed: Observed, expected: readonly string[]) => {
  const { attempts, closings, jobs, machines, injected } = observed
  const lines = new Map<string, { fault: string; by: string; ms: (number | undefined)[] }>()
  for (const { fault, by, ms } of noticesOf(observed)) {
    const line = lines.get(`${fault}: ${by}`) ?? { fault, by, ms: [] }
    line.ms.push(ms)
    lines.set(`${fault}: ${by}`, line)
  }
  const struck = [...lines.values()].map(({ fault }) => fault)
  const never = expected.filter((kind) => !struck.some((fault) => fault === kind || fault.startsWith(`${kind} `)))
  for (const fault of never) lines.set(fault, { fault, by: 'never happened', ms: [] })
  const table = [...lines.values()]
    .map(({ fault, by, ms }): Line => {
      const known = ms.filter((one) => one !== undefined)
      return { fault, by, times: ms.length, ...(known.length > 0 && { worstMs: Math.max(...known) }) }
    })
    .sort((a, b) => (a.fault + a.by < b.fault + b.by ? -1 : 1))

  const fromDeath = closings.flatMap(({ instanceId, at }) => {
    const ended = machines.find(({ id }) => id === instanceId)?.endedAt
    // Most attempts are closed by their result, before the machine ends.
    return ended === undefined || at < Date.parse(ended) ? [] : [at - Date.parse(ended)]
  })
  const fromLease = machines.flatMap(({ endedAt, tags }) => {
    const late = Date.parse(endedAt ?? '') - Date.parse(tags['TerminateAfter'] ?? '')
    return late > 0 ? [late] : []
  })
  return {
    files: jobs.length,
    succeeded: jobs.filter(({ status }) => status === 'succeeded').length,
    rejected: jobs.filter(({ status }) => status === 'rejected').length,
    attempts: attempts.length,
    machines: machines.length,
    injected: injected.length,
    never,
    table,
    deathsNoticed: fromDeath.length,
    worstFromDeathToNoticedMs: Math.max(0, ...fromDeath),
    leasesEnded: fromLease.length,
    worstFromLeaseEndToTerminatedMs: Math.max(0, ...fromLease),
  }
}
export type Summary = ReturnType<typeof summaryOf>

export const described = (summary: Summary, wrong: readonly string[], seconds: number): string => {
  const time = (ms: number | undefined) => (ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`)
  const width = Math.max(...summary.table.map(({ fault }) => fault.length), 5)
  const rows = summary.table.map(
    ({ fault, by, times, worstMs }) =>
      `${fault.padEnd(width)}  ${String(times).padStart(5)}  ${time(worstMs).padStart(8)}  ${by}`,
  )
  const { files, succeeded, rejected, attempts, machines, injected } = summary
  return [
    `${'FAULT'.padEnd(width)}  TIMES     WORST  NOTICED BY`,
    ...rows,
    '',
    `${files} files: ${succeeded} succeeded, ${rejected} rejected; ${attempts} attempts, ${machines} machines, ${injected} faults, ${seconds.toFixed(0)} s`,
    `worst from death to noticed: ${time(summary.worstFromDeathToNoticedMs)} of ${summary.deathsNoticed}`,
    `worst from lease end to terminated: ${time(summary.worstFromLeaseEndToTerminatedMs)} of ${summary.leasesEnded}`,
    ...(summary.never.length === 0 ? [] : [`never happened, so not shown: ${summary.never.join(', ')}`]),
    ...(wrong.length === 0
      ? ['every sound file succeeded exactly once, no machine is left, no capacity is taken']
      : wrong),
    '',
  ].join('\n')
}
