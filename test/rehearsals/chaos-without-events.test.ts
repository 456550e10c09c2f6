import { describe, expect, it } from 'vitest'
import { planChaos } from '#local/chaos/plan'
import { Fault } from '#local/hypervisor/fault'
import { boundedChaos, times } from '#test/support/bounded-chaos'

/** `npm run chaos --no-events`, a bounded part: nobody says anything, and the sweep alone brings everything to its end. */
describe('chaos without events', () => {
  it('no event of EC2 and none of a result ever comes, and answers of RunInstances are lost: the sweep ends it all', async () => {
    const { files } = planChaos({ files: 4, payers: 4, seed: 1, calm: true })
    const fault = Fault.parse({ type: 'lose-answer', count: 4 })
    const plan = { files: files.map((file) => ({ ...file, ofJob: [{ attempt: 1, fault }] })), ofAll: [] }
    const summary = await boundedChaos(plan, 4, true)
    expect(summary.succeeded).toBe(4)
    expect(times(summary, 'lose-answer')).toBeGreaterThanOrEqual(4)
    // One machine a file, and the one that nobody owned: a token never started a second one.
    expect(summary.machines).toBe(5)
    expect(times(summary, 'lose-events ec2 terminated')).toBe(5)
  })
})
