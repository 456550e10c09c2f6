import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Plan, planChaos } from '#local/chaos/plan'
import { runChaos } from '#local/chaos/run-chaos'
import { described } from '#local/chaos/summary'

/** A bounded part of `npm run chaos`: everything goes wrong on the local AWS, and every sound file succeeds exactly once. */
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-chaos-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = async (plan: Plan, payers: number) => {
  const result = await runChaos({
    ...{ folder, plan, payers, noEvents: false, instances: 6, realCli: false },
    // On AWS the sweep looks every five minutes; a test has not that long. Two looks at an orphan take three.
    ...{ sweepSeconds: 8, orphan: false, timeoutMinutes: 4 },
    say: () => {},
  })
  // Where a rule was broken, the whole table is the message.
  expect(result.wrong, described(result.summary, result.wrong, result.seconds)).toEqual([])
  return result.summary
}
const times = ({ table }: Awaited<ReturnType<typeof run>>, fault: string): number =>
  table.filter((line) => line.fault === fault).reduce((sum, line) => sum + line.times, 0)

describe('chaos', () => {
  it('launches, machines and events fail at random, by a seed', async () => {
    const plan = planChaos({ files: 24, payers: 6, seed: 3 })
    const summary = await run(plan, 6)
    expect(summary.succeeded + summary.rejected).toBe(24)
    expect(summary.succeeded).toBe(plan.files.filter(({ isSound }) => isSound).length)
    for (const fault of ['death', 'spot-interruption', 'lose-answer', 'throttle', 'late-events s3 arrival'])
      expect(times(summary, fault), fault).toBeGreaterThan(0)
    expect(summary.machines).toBeGreaterThan(24)
    expect(summary.leasesEnded).toBe(1)
  })
})
