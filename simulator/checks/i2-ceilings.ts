import type { World } from '../world/world.ts'
import type { Check } from './check.ts'

const sums = (world: World, pool: string, open: ReadonlySet<string> | undefined) => {
  const holders = [...world.journal.jobs.values()].filter(
    ({ job, held }) => held?.pool === pool && (open === undefined || open.has(job)),
  )
  return {
    vcpus: holders.reduce((sum, { held }) => sum + (held?.need.vcpus ?? 0), 0),
    instances: holders.length,
    since: Math.min(...holders.map(({ startedAt }) => startedAt ?? 0)),
  }
}

const above = (world: World, pool: string, open?: ReadonlySet<string>): string[] => {
  const { vcpus, instances, since } = sums(world, pool, open)
  const ceilings = world.inForce.ceilingsSince(pool, since)
  const fits = ceilings.some((row) => vcpus <= row.maxVcpus && instances <= row.maxInstances)
  return fits || instances === 0
    ? []
    : [`pool ${pool}: ${vcpus} vCPUs on ${instances} instances; the ceiling is ${JSON.stringify(ceilings.at(-1))}`]
}

/** I2: what is admitted, and what is at work (by open attempts), never exceeds a pool's ceiling. */
export const ceilings: Check = {
  name: 'I2',
  onCommit(world, { changed }) {
    const pools = new Set(
      changed.flatMap(({ before, after }) => (after.held && !before?.held ? [after.held.pool] : [])),
    )
    const idle = changed.filter(({ before, after }) => before?.held && !after.held)
    const left = idle.flatMap(({ after }) =>
      [...world.journal.attempts.values()]
        .filter(({ attempt }) => attempt.job === after.job && attempt.state === 'open')
        .map(
          ({ attempt }) =>
            `${after.key} (${after.job}) gave its capacity back while attempt ${attempt.attempt} is open`,
        ),
    )
    return [...left, ...[...pools].flatMap((pool) => above(world, pool))]
  },
  onAttempt(world, attempt, opened) {
    const pool = world.journal.jobs.get(attempt.job)?.held?.pool
    if (!opened || pool === undefined) return []
    const open = [...world.journal.attempts.values()].flatMap((seen) =>
      seen.attempt.state === 'open' ? [seen.attempt.job] : [],
    )
    const twice = open.filter((job) => job === attempt.job).length
    return [...above(world, pool, new Set(open)), ...(twice > 1 ? [`${attempt.job} has ${twice} attempts open`] : [])]
  },
}
