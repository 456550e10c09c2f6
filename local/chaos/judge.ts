import type { Observed } from '#local/chaos/observed'
import type { PlannedFile } from '#local/chaos/plan'

/** What must hold when nothing is left to do; each broken rule with what broke it. */
export const judge = (files: readonly PlannedFile[], { jobs, attempts, machines, left }: Observed): string[] => {
  const wrong: string[] = []
  for (const { key, isSound } of files) {
    const ofKey = jobs.filter((job) => job.key === key)
    const wanted = isSound ? 'succeeded' : 'rejected'
    if (ofKey.length !== 1 || ofKey[0]?.status !== wanted)
      wrong.push(`${key} should have one job, ${wanted}; it has: ${ofKey.map(shown).join(', ') || 'none'}`)
  }
  if (jobs.length !== files.length) wrong.push(`${jobs.length} jobs for ${files.length} files`)
  for (const { jobId, key, status } of jobs) {
    const successes = attempts.filter(({ job, state }) => job === jobId && state === 'succeeded').length
    if (successes !== (status === 'succeeded' ? 1 : 0)) wrong.push(`${key} is ${status} with ${successes} successes`)
  }
  const alive = machines.filter(({ state }) => state !== 'terminated')
  if (alive.length > 0) wrong.push(`still there: ${alive.map(({ id, state }) => `${id} ${state}`).join(', ')}`)
  for (const { pk, sk, value } of left) wrong.push(`left: ${pk} ${sk} ${JSON.stringify(value).slice(0, 200)}`)
  wrong.push(...twins(machines))
  return wrong
}

const shown = ({ status, because = '' }: Observed['jobs'][number]): string => `${status} (${because})`

/** Two machines for one attempt: a client token was not what it should be. */
const twins = (machines: Observed['machines']): string[] => {
  const byAttempt = new Map<string, string[]>()
  for (const { id, tags } of machines) {
    if (tags['job'] === undefined) continue
    const attempt = `${tags['job']}, round ${tags['round']}, attempt ${tags['attempt']}`
    byAttempt.set(attempt, [...(byAttempt.get(attempt) ?? []), id])
  }
  return [...byAttempt].flatMap(([attempt, ids]) =>
    ids.length > 1 ? [`${ids.length} machines for job ${attempt}: ${ids.join(', ')}`] : [],
  )
}
