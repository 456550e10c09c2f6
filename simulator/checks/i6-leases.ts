import type { Check } from './check.ts'

/** A machine that is told to end takes so long at most, milliseconds. */
const ENDING_MS = 45_000

/** I6: no instance outlives its lease plus one whole sweep (every fifth minute) that begins after it and comes to its end. */
export const leases: Check = {
  name: 'I6',
  atRest({ journal, clock }) {
    return [...journal.machines.values()].flatMap((life) => {
      // A machine that DescribeInstances does not show yet is met by the sweep after.
      const sweep = journal.sweeps.filter((at) => at >= life.leaseEnds)[0] ?? clock.now()
      const ended = life.endedAt
      if (ended === undefined) return [`${life.instanceId} (${life.job}) was never ended`]
      return ended > sweep + 15_000 + ENDING_MS
        ? [`${life.instanceId} ended ${Math.round((ended - life.leaseEnds) / 1000)} s after its lease`]
        : []
    })
  },
}
