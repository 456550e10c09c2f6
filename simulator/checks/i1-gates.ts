import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import type { World } from '../world/world.ts'
import { admittedBy, type Check, editedMeanwhile } from './check.ts'
import { blocks, jobsOf, replaced, scopeItem, succeededInS3 } from './referee.ts'

/** What keeps the gate closed, by what machines wrote and senders did. */
const closedBy = (world: World, member: Job, peers: readonly Job[]): string | undefined => {
  if (!isOver(member.status)) return `${member.key} (${member.job}) is ${member.status}`
  if (member.status === 'succeeded')
    return succeededInS3(world, member.job) ? undefined : `${member.job} left no result`
  if (member.status === 'superseded' || member.status === 'withdrawn')
    return replaced(world, member) || member.because === 'withdrawn-by-owner'
      ? undefined
      : `${member.job} is ${member.status}, yet nobody replaced or deleted it`
  return blocks(world, member, peers, true)
    ? `${member.key} (${member.job}) is ${member.status} and not cleared`
    : undefined
}

/** I1: nothing of a gated type goes while a member of its scope is unfinished, blocking or missing. */
export const gates: Check = {
  name: 'I1',
  onCommit(world, commit) {
    if (editedMeanwhile(world, commit)) return []
    const wrong: string[] = []
    for (const job of admittedBy(commit)) {
      const waived = scopeItem(world, job.scope ?? '')?.types[job.fileType]?.waivedBefore
      if (waived !== undefined && job.order < waived) continue
      for (const { type, atLeast } of world.inForce.policy(job.payerId, job.fileType).after) {
        const members = jobsOf(world, job.scope ?? '', type)
        for (const member of members) {
          const closed = closedBy(world, member, members)
          if (closed) wrong.push(`${job.key} (${job.job}) was admitted while ${closed}`)
        }
        const done = members.filter((member) => succeededInS3(world, member.job)).length
        if (done < atLeast) wrong.push(`${job.key} was admitted with ${done} of ${atLeast} ${type} files done`)
      }
    }
    return wrong
  },
}
