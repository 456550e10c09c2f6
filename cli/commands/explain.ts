import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws-options'
import { findJob } from '#cli/find-job'
import { type JobStory, jobStory } from '#cli/job-story'
import { withStack } from '#cli/open-stack'
import { readableDuration, readableTime } from '#cli/readable-time'
import { readableUsd } from '#cli/readable-usd'
import type { Terminal } from '#cli/terminal'
import { textTable } from '#cli/text-table'
import { addWatchOption, type WatchOptions, watched } from '#cli/watched'
import { isOver, Status } from '#domain/schedule/items/status'

const ending = `
Examples:
  $ mayfly explain sunrise-health/claims/week-31.837    a key of the landing bucket: its newest version
  $ mayfly explain 3f9c01d2                             a job id, or 6 and more characters of its beginning
  $ mayfly explain 3f9c01d2 --watch                     until it is over
  $ mayfly explain 3f9c01d2 --json | jq .wouldLetItGo`

export const register = (program: Command) =>
  addWatchOption(program.command('explain'))
    .description('why a file is not running and what would let it go, or why it ended')
    .argument('<job|key>', 'a job id, its beginning, or a key of the landing bucket')
    .addHelpText('after', ending)
    .action(async (name: string, _options, command: Command) =>
      explain(name, command.optsWithGlobals<AwsOptions & WatchOptions>()),
    )

const explain = (name: string, options: AwsOptions & WatchOptions) =>
  withStack(options, async (stack) => {
    const found = await findJob(stack, name)
    await watched(options, async () => {
      const now = Date.now()
      const story = await jobStory(stack, found, now)
      const over = isOver(Status.parse(story.job.status))
      return { value: story, lines: (shown) => told(story, shown, now), over }
    })
  })

const told = (story: JobStory, shown: Terminal, now: number): string[] => {
  const { job } = story
  const ended = isOver(Status.parse(job.status))
  const when = readableTime(story.since, now)
  const ago = readableDuration(now - Date.parse(story.since))
  const facts: [string, string | undefined][] = [
    ['File', `${job.key} (${job.bytes} bytes, version ${job.versionId})`],
    ['Job', job.jobId],
    ['Status', ended ? `${job.status} at ${when}` : `${job.status} for ${ago}, since ${when}`],
    ['Because', `${story.because}: ${story.sentence}`],
    ['Waits for', ended ? undefined : story.waitingFor.map(waitedFor).join(', ')],
    ['Would let it go', ended ? undefined : story.wouldLetItGo],
    ['Place', place(story)],
    [
      'Ran after',
      Object.entries(job.ranAfter ?? {})
        .map(([type, id]) => `${type} job ${id}`)
        .join(', '),
    ],
    ['Output', job.output && `s3://${story.outputBucket}/${job.output.prefix} (${job.output.names.join(', ')})`],
    ['Report', job.report],
    ['Cost', costOf(job)],
    ['Execution', job.execution],
  ]
  const width = Math.max(...facts.map(([title]) => title.length))
  const lines = facts.flatMap(([title, text]) => (text ? [`${title.padEnd(width)}  ${text}`] : []))
  return [...lines, ...findings(story, shown), ...attempts(story, shown, now), ...others(story, now)]
}

const costOf = ({ costUsd, instanceType, market, billedSeconds, burstEfficiency = 0 }: JobStory['job']) =>
  costUsd === undefined
    ? undefined
    : `${readableUsd(costUsd)} at list prices: ${billedSeconds} s of ${instanceType} (${market}), ${Math.round(burstEfficiency * 100)} % of them useful`

const waitedFor = (each: JobStory['waitingFor'][number]): string =>
  'type' in each ? `a ${each.type} file` : each.key === undefined ? `job ${each.job}` : `${each.key} (${each.status})`

const place = ({ lane, pool }: JobStory): string =>
  [
    lane && `${lane.position}${lane.of === undefined ? '' : ` of ${lane.of}`} in lane ${lane.id}`,
    pool &&
      `${pool.position} in pool ${pool.pool} (${pool.usedVcpus} of ${pool.maxVcpus} vCPUs and ${pool.usedInstances} of ${pool.maxInstances} instances taken)`,
  ]
    .filter(Boolean)
    .join(', ')

const findings = ({ job }: JobStory, shown: Terminal): string[] => {
  if (!job.findings?.length) return []
  const columns = [
    { title: 'FINDING' },
    { title: 'SEGMENT' },
    { title: 'BYTE' },
    { title: 'WHAT', cut: 'end' as const },
  ]
  const rows = job.findings.map(({ code, segment, byte, message }) => [code, String(segment), String(byte), message])
  return ['', ...textTable(columns, rows, shown)]
}

const attempts = (story: JobStory, shown: Terminal, now: number): string[] => {
  if (story.attempts.length === 0) return []
  const columns = [
    { title: 'ROUND' },
    { title: 'ATTEMPT' },
    { title: 'INSTANCE' },
    { title: 'TYPE' },
    { title: 'OUTCOME' },
    { title: 'OPENED' },
    { title: 'CLOSED' },
    { title: 'ERROR', cut: 'end' as const },
  ]
  const rows = story.attempts.map((each) => [
    String(each.round),
    String(each.attempt),
    each.instanceId ?? '–',
    each.instanceType ?? '',
    each.state,
    readableTime(each.openedAt, now),
    readableTime(each.closedAt, now),
    each.error ?? '',
  ])
  return ['', ...textTable(columns, rows, shown)]
}

const others = ({ otherVersions }: JobStory, now: number): string[] =>
  otherVersions.length === 0
    ? []
    : [
        '',
        `This is the newest of ${otherVersions.length + 1} versions of the key; the others:`,
        ...otherVersions.map(
          ({ jobId, status, registeredAt }) => `  ${jobId}  ${status}, registered ${readableTime(registeredAt, now)}`,
        ),
      ]
