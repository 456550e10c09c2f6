import { calm } from '../world/odds.ts'
import type { Crew } from './crew.ts'
import type { Task, Verdict } from './judge.ts'

/** Worlds that shrinking may cost. */
const MOST_RUNS = 150

/** Leaves out of a failing world what it fails without: kinds of faults, then acts, by halves and one by one. */
export const shrink = async (crew: Crew, failing: Verdict): Promise<Task> => {
  const checks = failing.violations.map(({ check }) => check)
  let runs = 0
  const fails = async (task: Task): Promise<boolean> => {
    runs += 1
    if (runs > MOST_RUNS) return false
    const { violations } = await crew.judge(0, task)
    return violations.some(({ check }) => checks.includes(check))
  }
  let best: Task = { seed: failing.seed, keep: Array.from({ length: failing.acts }, (_, n) => n), without: [] }
  if (!(await fails(best))) return { seed: failing.seed }
  for (const name of Object.keys(calm)) {
    const less = { ...best, without: [...(best.without ?? []), name] }
    if (await fails(less)) best = less
  }
  for (let size = Math.ceil(failing.acts / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < (best.keep ?? []).length; ) {
      const keep = best.keep ?? []
      const less = { ...best, keep: [...keep.slice(0, at), ...keep.slice(at + size)] }
      if (await fails(less)) best = less
      else at += size
    }
  return best
}

/** The command that lives this world again and tells its story. */
export const commandOf = ({ seed, keep, without = [] }: Task): string =>
  [
    `npm run faults -- --trace ${seed}`,
    ...(keep ? [`--keep ${keep.join(',')}`] : []),
    ...(without.length > 0 ? [`--without ${without.join(',')}`] : []),
  ].join(' ')
