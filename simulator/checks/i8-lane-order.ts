import { isOver } from '#domain/schedule/items/status'
import { admittedBy, type Check, editedMeanwhile } from './check.ts'
import { blocks, jobsOf } from './referee.ts'

/** I8: ordered lanes run one at a time, in order of registration, and halt behind a failure where the row says so. */
export const laneOrder: Check = {
  name: 'I8',
  onCommit(world, commit) {
    if (editedMeanwhile(world, commit)) return []
    return admittedBy(commit).flatMap((job) => {
      const policy = world.inForce.policy(job.payerId, job.fileType)
      if (!policy.ordered) return []
      const peers = jobsOf(world, job.scope ?? '', job.fileType)
      return peers.flatMap((peer) => {
        if (peer.job === job.job) return []
        if (peer.held) return [`${job.key} (${job.job}) runs beside ${peer.key} (${peer.job})`]
        if (peer.order > job.order) return []
        if (!isOver(peer.status)) return [`${job.key} (${job.job}) went before ${peer.key} (${peer.job})`]
        return policy.haltOnFailure && blocks(world, peer, peers, true)
          ? [`${job.key} (${job.job}) passed ${peer.key} (${peer.job}), which is ${peer.status}`]
          : []
      })
    })
  },
}
