import * as keys from '#domain/schedule/keys'
import type { World } from '../world/world.ts'
import { admittedBy, type Check, editedMeanwhile } from './check.ts'
import { lanes, standing, under } from './referee.ts'

/** Time's own changes are announced by the sweep: while the due time stands in the table, nobody has heard of it. */
const announced = (world: World, scope: string, type: string): boolean =>
  !under(world, keys.DUE).some(([sk]) => sk.endsWith(`#${scope}#${type}`))

/** I7: a ready head is never overtaken by lower rank in its pool. */
export const rank: Check = {
  name: 'I7',
  onCommit(world, commit) {
    const admitted = admittedBy(commit)
    // An edit that the scheduler has not heard of yet moves ranks only from its next decision about that lane.
    if (admitted.length === 0 || world.unsettled.size > 0 || editedMeanwhile(world, commit)) return []
    const ready = lanes(world).flatMap(({ scope, type }) => {
      const found = standing(world, scope, type)
      return found?.because === 'ready' && announced(world, scope, type) ? [found] : []
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
