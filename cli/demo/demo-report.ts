import type { DemoResult } from '#cli/demo/demo-summary'
import { readableDuration, readableTime } from '#cli/screen/readable-time'
import { readableUsd } from '#cli/screen/readable-usd'
import { burstEfficiency } from '#domain/cost'

/** The result of a demo for people: what was proven, what is left, where outputs are. */
export const demoReport = ({ jobs, violations, summary }: DemoResult): string => {
  const { order, instances, outputs, seconds, quiescent } = summary
  const sections = [
    ['Order: each claims file, and the member files of its payer', ...order.flatMap(ordered)],
    jobs.some(({ findings }) => findings?.length)
      ? ['Rejected', ...jobs.flatMap((job) => (job.findings ?? []).map((finding) => found(job.key, finding)))]
      : [],
    [`Outputs in s3://${outputs[0]?.bucket ?? '–'}`, ...outputs.flatMap(written)],
    [`Instances: ${instances.launched} launched, ${instances.alive} still running`, ...cost(jobs)],
    violations.length === 0
      ? [`Every rule held. ${jobs.length} files in ${readableDuration(seconds * 1000)}.`]
      : [
          `${violations.length} violation${violations.length === 1 ? '' : 's'}${quiescent ? '' : ' when time was up'}, after ${readableDuration(seconds * 1000)}:`,
          ...violations.map(({ rule, key, sentence }) => `  ${rule}: ${key ? `${key}: ` : ''}${sentence}`),
        ],
  ]
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `\n${text.join('\n\n')}\n`
}

/** Samples are done in seconds and EC2 bills a minute: most of it is not useful here. */
const cost = (jobs: DemoResult['jobs']): string[] => {
  const paid = jobs.filter(({ costUsd }) => costUsd !== undefined)
  if (paid.length === 0) return []
  const sum = (of: (job: (typeof paid)[number]) => number | undefined): number =>
    paid.reduce((total, job) => total + (of(job) ?? 0), 0)
  const [usd, billed] = [sum(({ costUsd }) => costUsd), sum(({ billedSeconds }) => billedSeconds)]
  const share = burstEfficiency({ billedSeconds: billed, usefulSeconds: sum(({ usefulSeconds }) => usefulSeconds) })
  return [
    `On AWS they would have cost ${readableUsd(usd)} at list prices: ${billed} s billed, ${Math.round(share * 100)} % of them useful`,
    ...paid.map((job) => `  ${job.key}: ${readableUsd(job.costUsd ?? 0)}, ${job.instanceType}`),
  ]
}

const ordered = ({ key, startedAt, members, held, status }: DemoResult['summary']['order'][number]): string[] => [
  startedAt === undefined
    ? `  ${key}: never admitted (${status})`
    : `  ${key}: admitted ${precise(startedAt)}, ${held ? 'after' : 'NOT after'}`,
  ...members.map(
    (member) => `    ${member.key}: ${member.status} ${member.endedAt === undefined ? '' : precise(member.endedAt)}`,
  ),
]

/** With milliseconds: a few of them may be all that lies between. */
const precise = (time: string): string =>
  `${readableTime(time)}.${String(new Date(time).getMilliseconds()).padStart(3, '0')}`

const found = (key: string, finding: { code: string; segment: number; byte: number; message: string }): string =>
  `  ${key}: ${finding.code} at segment ${finding.segment}, byte ${finding.byte}: ${finding.message}`

const written = ({ key, prefix, names, counts }: DemoResult['summary']['outputs'][number]): string[] => {
  const numbers = Object.entries(counts).filter(([, count]) => typeof count === 'number')
  return [
    `  ${key}: ${numbers.map(([what, count]) => `${count} ${what}`).join(', ') || 'no summary.json'}`,
    `    ${prefix} (${names.join(', ')})`,
  ]
}
