import { list, type Rule } from '#infra/rules/resource'

const link = /docs\/runbook\.md#([a-z0-9-]+)$/

/** What every heading of the runbook answers. */
const parts = ['**Look.**', '**Do.**', '**Over.**']

/** The text below a heading, up to the next one. */
const sectionOf = (runbook: string, heading: string): string | undefined =>
  runbook.split(/^## /m).find((section) => section.split('\n')[0]?.trim() === heading)

/** An alarm wakes somebody: it says what it means, whom it tells, and where it is written what to do. */
export const alarmHeadings: Rule = (resources, runbook) =>
  resources
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ id, properties }) => {
      const description = String(properties['AlarmDescription'] ?? '')
      const [, heading] = link.exec(description) ?? []
      if (heading === undefined) return [{ id, sentence: 'Its description does not end in docs/runbook.md#<heading>.' }]
      const section = sectionOf(runbook, heading)
      if (section === undefined) return [{ id, sentence: `docs/runbook.md has no heading "## ${heading}".` }]
      const missing = parts.filter((part) => !section.includes(part))
      if (missing.length > 0) return [{ id, sentence: `docs/runbook.md#${heading} does not say ${missing.join(' ')}` }]
      if (list(properties['AlarmActions']).length === 0) return [{ id, sentence: 'It tells nobody (no AlarmActions).' }]
      return []
    })
