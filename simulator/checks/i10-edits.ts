import { needOf } from '#domain/policy/instance-types'
import { admittedBy, type Check, editedMeanwhile } from './check.ts'
import { jobsOf } from './referee.ts'

/** I10: an edit holds from the scheduler's next decision: nothing paused, held or above a limit is admitted. */
export const edits: Check = {
  name: 'I10',
  onCommit(world, commit) {
    if (editedMeanwhile(world, commit)) return []
    return admittedBy(commit).flatMap((job) => {
      const policy = world.inForce.policy(job.payerId, job.fileType)
      const pool = world.inForce.pool(policy.pool)
      const need = needOf(policy.instanceTypes)
      const wrong: string[] = []
      const say = (what: string): void => void wrong.push(`${job.key} (${job.job}) was admitted ${what}`)
      if (!policy.enabled) say('while its row says enabled: false')
      if (job.held?.pool !== policy.pool) say(`from pool ${job.held?.pool}, not ${policy.pool}`)
      if (!pool?.enabled) say('while its pool is paused or missing')
      if (job.held && (job.held.need.vcpus !== need.vcpus || job.held.need.instances !== need.instances))
        say(`with need ${JSON.stringify(job.held.need)}, not ${JSON.stringify(need)}`)
      const running = jobsOf(world, job.scope ?? '', job.fileType).filter(({ held }) => held).length
      if (running > policy.maxConcurrent) say(`as number ${running} of at most ${policy.maxConcurrent}`)
      if (job.owned) say('while its owner holds it')
      return wrong
    })
  },
}
