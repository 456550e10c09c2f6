import type { JobStory } from '#cli/jobs/job-story'
import { printable } from '#cli/screen/printable'
import { readableDuration, readableTime } from '#cli/screen/readable-time'
import { readableUsd } from '#cli/screen/readable-usd'
import type { Terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'
import { isOver } from '#domain/schedule/items/status'

/** What `mayfly explain` prints. */
export const storyLines = (story: JobStory, shown: Terminal, now: number): string[] => {
  const { job } = story
  const ended = isOver(job.status)
  const when = readableTime(story.since, now)
  const ago = readableDuration(now - Date.parse(story.since))
  const facts: [string, string | undefined][] = [
    ['File', `${job.key} (${job.bytes} bytes, version ${job.versionId})`],
    ['Job', job.jobId],
    ['Status', ended ? `${job.status} at ${when}` : `${job.status} for ${ago}, since ${when}`],
    ['Because', `${story.because}: ${story.sentence}`],
    ['Waits for', ended ? undefined : story.waitingFor.map(waitedFor).join(', ')],
    ['Would let it go', ended ? undefined : story.wouldLetItGo],
    ['Would clear it', endedBadly(job) ? story.wouldLetItGo : undefined],
    ['Place', place(story)],
    [
      'Ran after',
      Object.entries(job.ranAfter ?? {})
        .map(([type, id]) => `${type} job ${id}`)
        .join(', '),
    ],
    ['Output', job.output && `s3://${story.outputBucket}/${job.output.prefix} (${job.output.names.join(', ')})`],
    ['Report', job.report && `s3://${story.reportBucket}/${job.report}`],
    ['Cost', costOf(job)],
    ['Execution', job.execution],
  ]
  const said = facts.flatMap(([title, text]) => (text ? [{ title, text }] : []))
  const width = Math.max(...said.map(({ title }) => title.length))
  const lines = said.map(({ title, text }) => printable(`${title.padEnd(width)}  ${text}`))
  const tables = [...acts(story, now), ...findings(story, shown), ...attempts(story, shown, now)]
  return [...lines, ...tables, ...others(story, now)]
}

const endedBadly = ({ status }: JobStory['job']): boolean => status === 'failed' || status === 'rejected'

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

/** Nobody's reason is cut, however narrow the terminal. */
const acts = ({ job, laneActs = [] }: JobStory, now: number): string[] => {
  const all = [
    ...(job.history ?? []).map((act) => ({ ...act, of: 'this file' })),
    ...laneActs.map((act) => ({ ...act, of: 'its lane' })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  if (all.length === 0) return []
  const columns = ['WHEN', 'ASKED', 'OF', 'WHO', 'WHY'].map((title) => ({ title }))
  const rows = all.map(({ at, action, of, who, why }) => [readableTime(at, now), action, of, who, why])
  const uncut = { width: Number.POSITIVE_INFINITY, colour: false }
  return ['', 'What owners asked:', ...textTable(columns, rows, uncut)]
}

const findings = ({ job }: JobStory, shown: Terminal): string[] => {
  if (!job.findings?.length) return []
  const columns = [
    { title: 'FINDING' },
    { title: 'SEGMENT' },
    { title: 'BYTE', leaves: 1 },
    { title: 'WHAT', cut: 'end' as const, least: 30 },
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
    { title: 'TYPE', leaves: 1 },
    { title: 'OUTCOME' },
    { title: 'OPENED', leaves: 2 },
    { title: 'CLOSED', leaves: 3 },
    { title: 'ERROR', cut: 'end' as const, least: 24 },
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
