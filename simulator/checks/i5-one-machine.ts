import { isOver } from '#domain/schedule/items/status'
import { attemptId } from '../world/journal.ts'
import type { Check } from './check.ts'

/** I5: no two machines of one round work to a counted result, a round counts one success at most, and none is at work when it is over. */
export const oneMachine: Check = {
  name: 'I5',
  onAttempt({ journal }, attempt) {
    const job = journal.jobs.get(attempt.job)
    const over = !job || isOver(job.status) || job.round !== attempt.round
    return over && attempt.state === 'open'
      ? [`attempt ${attemptId(attempt)} is open; its job is ${job?.status} in round ${job?.round}`]
      : []
  },
  atRest({ journal }) {
    const wrong: string[] = []
    const lives = [...journal.machines.values()]
    const counted = (id: string): boolean =>
      [...journal.attempts.values()].some(({ attempt }) => attempt.instanceId === id && attempt.state === 'succeeded')
    for (const [n, a] of lives.entries())
      for (const b of lives.slice(n + 1)) {
        if (a.job !== b.job || a.round !== b.round) continue
        const both = `${a.instanceId} and ${b.instanceId} (${a.job} r${a.round})`
        if (counted(a.instanceId) && counted(b.instanceId)) wrong.push(`both results of ${both} count`)
        if (a.workFrom === undefined || b.workFrom === undefined) continue
        const overlap = a.workFrom < (b.workTo ?? 0) && b.workFrom < (a.workTo ?? 0)
        if (overlap && (counted(a.instanceId) || counted(b.instanceId))) wrong.push(`${both} worked at the same time`)
      }
    const done = [...journal.attempts.values()].filter(({ attempt }) => attempt.state === 'succeeded')
    const rounds = done.map(({ attempt }) => attempt.job)
    for (const job of new Set(rounds))
      if (rounds.filter((each) => each === job).length > 1) wrong.push(`${job} counts more than one success`)
    return wrong
  },
}
