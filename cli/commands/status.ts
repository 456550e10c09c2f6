import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { statusCell } from '#cli/jobs/job-table'
import { type PoolUse, stackStatus } from '#cli/jobs/stack-status'
import { readableDuration, readableTime } from '#cli/screen/readable-time'
import { sectionsWithin } from '#cli/screen/sections-within'
import type { Terminal } from '#cli/screen/terminal'
import { type Cell, textTable } from '#cli/screen/text-table'
import { addWatchOption, type WatchOptions, watched } from '#cli/screen/watched'
import { Status } from '#domain/schedule/items/status'

const ending = `
Examples:
  $ mayfly status
  $ mayfly status --watch
  $ mayfly status --json | jq '.waiting'
  $ mayfly status --profile prod --region us-east-1`

export const register = (program: Command) =>
  addWatchOption(program.command('status'))
    .description('what runs, what waits and why, what is taken of the pools')
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => status(command.optsWithGlobals<AwsOptions & WatchOptions>()))

const status = (options: AwsOptions & WatchOptions) =>
  withStack(options, (stack) =>
    watched(options, async () => {
      const now = Date.now()
      const found = await stackStatus(stack, now)
      return { value: found, lines: (shown) => described(found, shown, now) }
    }),
  )

const described = (found: Awaited<ReturnType<typeof stackStatus>>, shown: Terminal, now: number): string[] => {
  const counts = Status.options.flatMap((name): Cell[][] => {
    const count = found.jobs[name]
    return count === undefined ? [] : [[statusCell(name), String(count)]]
  })
  // Those that are taken or paused first: in a low window the others are beyond its end.
  const taken = found.pools.toSorted((a, b) => Number(isIdle(a)) - Number(isIdle(b)))
  const pools = taken.map(({ pool, enabled, usedVcpus, maxVcpus, usedInstances, maxInstances }) => [
    pool,
    `${usedVcpus} of ${maxVcpus}`,
    `${usedInstances} of ${maxInstances}`,
    enabled ? '' : { text: 'paused', tone: 'waits' as const },
  ])
  const alive = Object.entries(found.instances).map(([state, count]) => `${count} ${state}`)
  const oldest = found.oldestWaiting
  const sections = [
    counts.length === 0 ? ['No files yet.'] : textTable([{ title: 'STATUS' }, { title: 'JOBS' }], counts, shown),
    found.waiting.length === 0
      ? ['Nothing waits.']
      : textTable(
          [{ title: 'WAITING BECAUSE', cut: 'middle' }, { title: 'JOBS' }],
          found.waiting.map(({ because, jobs }) => [because, String(jobs)]),
          shown,
        ),
    oldest
      ? [
          `Longest waiting: ${oldest.key}, since ${readableTime(oldest.since, now)} (${readableDuration(now - Date.parse(oldest.since))})`,
          `  mayfly explain ${oldest.jobId.slice(0, 8)}`,
        ]
      : [],
    textTable(
      [{ title: 'POOL', cut: 'end' }, { title: 'VCPUS' }, { title: 'INSTANCES' }, { title: 'STATE' }],
      pools,
      shown,
    ),
    [`Instances in EC2: ${alive.length === 0 ? 'none' : alive.join(', ')}`],
  ]
  return sectionsWithin(sections, shown)
}

const isIdle = ({ enabled, usedInstances }: PoolUse): boolean => enabled && usedInstances === 0
