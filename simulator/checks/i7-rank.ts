import { admittedBy, type Check, editedMeanwhile } from './check.ts'
import { lanes, standing } from './referee.ts'

/** Time's own changes are announced by the sweep, which comes every minute and may fail twice. */
const ANNOUNCED_MS = 240_000

/** I7: a ready head is never overtaken by lower rank in its pool. */
export const rank: Check = {
  name: 'I7',
  onCommit(world, commit) {
    const admitted = admittedBy(commit)
    // An edit that the scheduler has not heard of yet moves ranks only from its next decision about that lane.
    if (admitted.length === 0 || world.unsettled.size > 0 || editedMeanwhile(world, commit)) return []
    const ready = lanes(world).flatMap(({ scope, type }) => {
      const found = standing(world, scope, type)
      const long = found?.at === undefined || found.at === 0 || world.clock.now() - found.at > ANNOUNCED_MS
      return found?.because === 'ready' && long ? [found] : []
    })
    return admitted.flatMap((job) => {
      const { priority } = world.inForce.policy(job.payerId, job.fileType)
      return ready
        .filter(({ pool }) => pool === job.held?.pool)
        .filter((lane) => lane.rank < `BOARD#${String(9999 - priority).padStart(4, '0')}#${job.order}#`)
        .map(({ head }) => `${job.key} (${job.job}) overtook ${head.key} (${head.job}), which is ready`)
    })
  },
}
