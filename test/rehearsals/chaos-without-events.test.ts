import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Plan, planChaos } from '#local/chaos/plan'
import { runChaos } from '#local/chaos/run-chaos'
import { described } from '#local/chaos/summary'
import { Fault } from '#local/hypervisor/fault'

/** `npm run chaos --no-events`, a bounded part: nobody says anything, and the sweep alone brings everything to its end. */
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-chaos-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = async (plan: Plan, payers: number) => {
  const result = await runChaos({
    ...{ folder, plan, payers, noEvents: true, instances: 6, realCli: false },
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

describe('chaos without events', () => {
  it('no event of EC2 and none of a result ever comes, and answers of RunInstances are lost: the sweep ends it all', async () => {
    const { files } = planChaos({ files: 4, payers: 4, seed: 1, calm: true })
    const fault = Fault.parse({ type: 'lose-answer', count: 4 })
    const plan = { files: files.map((file) => ({ ...file, ofJob: [{ attempt: 1, fault }] })), ofAll: [] }
    const summary = await run(plan, 4)
    expect(summary.succeeded).toBe(4)
    expect(times(summary, 'lose-answer')).toBeGreaterThanOrEqual(4)
    // One machine a file, and the one that nobody owned: a token never started a second one.
    expect(summary.machines).toBe(5)
    expect(times(summary, 'lose-events ec2 terminated')).toBe(5)
  })
})
