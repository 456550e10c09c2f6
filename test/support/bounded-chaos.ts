import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Plan } from '#local/chaos/plan'
import { runChaos } from '#local/chaos/run-chaos'
import { described } from '#local/chaos/summary'

type Summary = Awaited<ReturnType<typeof runChaos>>['summary']

/** A part of `npm run chaos` that a test has the time for; fails with the whole table where a rule was broken. */
export const boundedChaos = async (plan: Plan, payers: number, noEvents: boolean): Promise<Summary> => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-chaos-'))
  try {
    const result = await runChaos({
      ...{ folder, plan, payers, noEvents, instances: 6, realCli: false },
      // On AWS the sweep looks every five minutes; a test has not that long. Two looks at an orphan take three.
      ...{ sweepSeconds: 8, orphan: false, timeoutMinutes: 4 },
      say: () => {},
    })
    expect(result.wrong, described(result.summary, result.wrong, result.seconds)).toEqual([])
    return result.summary
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How often a fault of this name struck. */
export const times = ({ table }: Summary, fault: string): number =>
  table.filter((line) => line.fault === fault).reduce((sum, line) => sum + line.times, 0)
