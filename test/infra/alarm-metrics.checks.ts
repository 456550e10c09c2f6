import { describe, expect, it } from 'vitest'
import { putPool } from '#adapters/memory/policy-tables'
import { embedded } from '#functions/embedded-metrics'
import { alarmTable } from '#infra/alarm-table'
import { stage } from '#test/functions/stage'
import { causes } from '#test/infra/alarm-causes'
import { list, type Resource, record, resourcesOf, template } from '#test/infra/template'

const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm')
const alarmOf = (name: string): Resource => {
  const found = alarms.find(({ properties }) => properties['AlarmName'] === `mayfly-${name}`)
  if (!found) throw new Error(`no alarm ${name}`)
  return found
}
const dimensionsOf = (alarm: Resource): [string, unknown][] =>
  list(alarm.properties['Dimensions'])
    .map(record)
    .map(({ Name, Value }) => [String(Name), Value])

/** The values that CloudWatch would hold for the alarm, out of the lines that the functions wrote. */
const valuesFor = (alarm: Resource, lines: readonly string[]): number[] =>
  lines.flatMap((line) => {
    const written = record(JSON.parse(line))
    const [directive] = list(record(written['_aws'])['CloudWatchMetrics']).map(record)
    const name = String(alarm.properties['MetricName'])
    const wanted = dimensionsOf(alarm)
    const sets = list(directive?.['Dimensions']).map((set) => list(set).map(String))
    const has = directive?.['Namespace'] === alarm.properties['Namespace']
    const sameSet = sets.some((set) => JSON.stringify(set) === JSON.stringify(wanted.map(([dimension]) => dimension)))
    const sameValues = wanted.every(([dimension, value]) => written[dimension] === value)
    return has && sameSet && sameValues ? list(written[name]).map(Number) : []
  })

const statistic = ({ properties }: Resource, values: readonly number[]): number => {
  if (properties['ExtendedStatistic'] === 'p90')
    return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? 0
  return properties['Statistic'] === 'Maximum' ? Math.max(0, ...values) : values.reduce((a, b) => a + b, 0)
}

const fires = (alarm: Resource, value: number): boolean => {
  const threshold = Number(alarm.properties['Threshold'])
  return alarm.properties['ComparisonOperator'] === 'LessThanThreshold' ? value < threshold : value >= threshold
}

const rows = Object.entries(alarmTable({ waitingHours: 6, gateHours: 12, dailyUsd: 50 }))
const isOurs = (name: string) => alarmOf(name).properties['Namespace'] === 'Mayfly'
const ours = rows.map(([name]) => name).filter(isOurs)

describe('an alarm of ours watches a number that the code writes, and goes off', () => {
  it('each has its cause here', () => {
    expect(Object.keys(causes).sort()).toEqual(ours.sort())
  })

  it.each(ours)('%s', async (name) => {
    const world = stage(40)
    putPool(world.state.policies, { pool: 'big', maxVcpus: 4000, maxInstances: 400 })
    await causes[name]?.(world)
    const alarm = alarmOf(name)
    const values = valuesFor(alarm, embedded(world.measures, world.clock.now))
    expect(values.length).toBeGreaterThan(0)
    expect(fires(alarm, statistic(alarm, values))).toBe(true)
    expect(fires(alarm, 0)).toBe(false)
  })
})

describe('an alarm on a number of AWS’s own names a resource of this template, and goes off', () => {
  const known: Record<string, { type: string; dimension: string; names: string[] }> = {
    'AWS/SQS': {
      ...{ type: 'AWS::SQS::Queue', dimension: 'QueueName' },
      names: ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
    },
    'AWS/Lambda': { type: 'AWS::Lambda::Function', dimension: 'FunctionName', names: ['Errors', 'Invocations'] },
  }
  const theirs = rows.map(([name]) => name).filter((name) => !isOurs(name))

  it.each(theirs)('%s', (name) => {
    const alarm = alarmOf(name)
    const expected = known[String(alarm.properties['Namespace'])]
    expect(expected?.names).toContain(alarm.properties['MetricName'])
    const [[dimension, value] = ['', undefined], ...more] = dimensionsOf(alarm)
    expect([dimension, more]).toEqual([expected?.dimension, []])
    const id = String(record(value)['Ref'] ?? list(record(value)['Fn::GetAtt'])[0])
    expect(resourcesOf(template, expected?.type).map((resource) => resource.id)).toContain(id)
    const silence = alarm.properties['ComparisonOperator'] === 'LessThanThreshold'
    expect(fires(alarm, silence ? 0 : Number(alarm.properties['Threshold']))).toBe(true)
    expect(fires(alarm, silence ? 15 : 0)).toBe(false)
  })

  it('between them they watch every queue that keeps what failed, and every function', () => {
    const watched = new Set(
      theirs.flatMap((name) => dimensionsOf(alarmOf(name)).map(([, value]) => JSON.stringify(value))),
    )
    expect(watched.size).toBe(5 + 6)
  })
})
