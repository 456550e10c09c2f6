import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { alarmTable } from '#infra/alarm-table'
import { brokenRules, readRunbook } from '#infra/house-rules'
import { resourcesOf as allResources } from '#infra/rules/resource'
import { projectFolder } from '#local/project-folder'
import { list, record, resourcesOf, template } from '#test/infra/template'

const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
const rows = alarmTable({ waitingHours: 6, gateHours: 12, dailyUsd: 50 })
const json = (): unknown => structuredClone(template.toJSON())

describe('our own rules', () => {
  it('are kept', () => {
    expect(brokenRules(allResources(json()), readRunbook())).toEqual([])
  })

  it.each([
    ['public-data', 'AWS::S3::Bucket', 'PublicAccessBlockConfiguration'],
    ['dead-letters', 'AWS::Lambda::EventSourceMapping', 'DestinationConfig'],
    ['alarm-headings', 'AWS::CloudWatch::Alarm', 'AlarmDescription'],
    ['endless-logs', 'AWS::Logs::LogGroup', 'RetentionInDays'],
  ])('%s notices when a %s of this template loses its %s', (rule, type, property) => {
    const resources = allResources(json())
    for (const resource of resources) if (resource.type === type) delete resource.properties[property]
    const found = brokenRules(resources, readRunbook()).map((broken) => broken.rule)
    expect(new Set(found)).toEqual(new Set([rule]))
  })
})

describe('alarms', () => {
  it('are the rows of the table, and each tells the topic, when it begins and when it is over', () => {
    expect(alarms.map(({ properties }) => properties['AlarmName']).sort()).toEqual(
      Object.keys(rows)
        .map((name) => `mayfly-${name}`)
        .sort(),
    )
    const [topic] = resourcesOf(template, 'AWS::SNS::Topic')
    for (const { properties } of alarms)
      for (const actions of ['AlarmActions', 'OKActions']) expect(properties[actions]).toEqual([{ Ref: topic?.id }])
  })

  it('every heading of the runbook is an alarm’s', () => {
    const headings = [...readRunbook().matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings.sort()).toEqual(Object.keys(rows).sort())
  })

  it('say what it means for people, in a sentence', () => {
    for (const [name, { impact }] of Object.entries(rows)) {
      expect(impact, name).toMatch(/^[A-Z].{40,}\.$/)
      expect(impact, name).not.toMatch(/metric|threshold|CloudWatch/i)
    }
  })

  it('a number that is missing is no trouble, but for the sweep’s silence', () => {
    const breaching = alarms.filter(({ properties }) => properties['TreatMissingData'] !== 'notBreaching')
    expect(breaching.map(({ properties }) => properties['AlarmName'])).toEqual(['mayfly-sweep-is-silent'])
  })
})

describe('the dashboard', () => {
  const [board] = resourcesOf(template, 'AWS::CloudWatch::Dashboard')
  const body = JSON.stringify(record(board?.properties)['DashboardBody'])

  it.each(['Is anything stuck?', 'Is anything orphaned?', 'What does it cost?', 'Who waits for whom?'])(
    'answers: %s',
    (question) => {
      expect(body).toContain(question)
    },
  )

  it('shows every alarm', () => {
    for (const { id } of alarms) expect(body).toContain(id)
  })
})

describe('saved searches', () => {
  const queries = resourcesOf(template, 'AWS::Logs::QueryDefinition')
  const below = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
  const sources = ['functions', 'domain'].flatMap((folder) => below(join(projectFolder, folder))).join('\n')

  it('look through the logs of all functions', () => {
    expect(queries).toHaveLength(7)
    for (const { properties } of queries) expect(list(properties['LogGroupNames'])).toHaveLength(6)
  })

  it.each(queries.map(({ properties }) => [String(properties['Name']), String(properties['QueryString'])]))(
    '%s asks for sentences and facts that functions write',
    (_, query) => {
      for (const [, sentence] of query.matchAll(/message = "([^"]+)"/g))
        expect(sources.includes(`'${sentence}'`), sentence).toBe(true)
      const [, facts = ''] = /^fields (.*)$/m.exec(query) ?? []
      const ours = facts.split(/, */).map((fact) => fact.replaceAll('`', ''))
      for (const fact of ours.filter((name) => name !== '' && !['@timestamp', 'service', 'message'].includes(name)))
        expect(new RegExp(`\\b${fact}\\b`).test(sources), fact).toBe(true)
    },
  )
})
