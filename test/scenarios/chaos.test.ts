import { describe, expect, it } from 'vitest'
import { planChaos } from '#local/chaos/plan'
import { boundedChaos, times } from '#test/support/bounded-chaos'

/** A bounded part of `npm run chaos`: everything goes wrong on the local AWS, and every sound file succeeds exactly once. */
describe('chaos', () => {
  it('launches, machines and events fail at random, by a seed', async () => {
    const plan = planChaos({ files: 24, payers: 6, seed: 3 })
    const summary = await boundedChaos(plan, 6, false)
    expect(summary.succeeded + summary.rejected).toBe(24)
    expect(summary.succeeded).toBe(plan.files.filter(({ isSound }) => isSound).length)
    for (const fault of ['death', 'spot-interruption', 'lose-answer', 'throttle', 'late-events s3 arrival'])
      expect(times(summary, fault), fault).toBeGreaterThan(0)
    expect(summary.machines).toBeGreaterThan(24)
    expect(summary.leasesEnded).toBe(1)
  })
})
