import { beforeAll, describe, expect, it } from 'vitest'
import { announcements } from '#adapters/memory/announcements'
import { executions, noExecutions } from '#adapters/memory/executions'
import { files, noFiles } from '#adapters/memory/files'
import { emptyInbox, inbox } from '#adapters/memory/inbox'
import { machines, noMachines } from '#adapters/memory/machines'
import { pointers } from '#adapters/memory/pointers'
import { emptyPolicies, policyTables } from '#adapters/memory/policy-tables'
import { processors } from '#adapters/memory/processors'
import { results } from '#adapters/memory/results'
import { emptySchedule, scheduleTable } from '#adapters/memory/schedule-table'
import { controlPlaneCost } from '../../bench/control-plane.ts'
import { portPrices } from '../../bench/port-prices.ts'

const ports: Record<string, object> = {
  table: scheduleTable(emptySchedule()),
  tables: policyTables(emptyPolicies()),
  files: files(noFiles()),
  results: results(new Map()),
  pointers: pointers(new Map()),
  announcements: announcements([]),
  processors: processors(new Map()),
  executions: executions(noExecutions()),
  machines: machines(noMachines(), () => 0),
  inbox: inbox(emptyInbox(), () => 0),
}

it('every request that a function can make has its price', () => {
  const methods = Object.entries(ports).flatMap(([name, port]) =>
    Object.keys(port).map((method) => `${name}.${method}`),
  )
  expect(Object.keys(portPrices).sort()).toEqual(methods.sort())
})

describe('what 1,000 files cost', () => {
  let found: Awaited<ReturnType<typeof controlPlaneCost>>
  beforeAll(async () => {
    found = await controlPlaneCost(120)
  }, 120_000)
  const units = (lines: typeof found.oneByOne.lines, what: string): number =>
    lines.find((line) => line.what.startsWith(what))?.units ?? 0

  it('four states, about seven messages, five writes to S3, for each file that goes well', () => {
    for (const { lines, machines: started, ended, messagesEach } of [found.oneByOne, found.atOnce]) {
      // A machine that has to be replaced enters RunOnInstance once more.
      const again = (started - ended) / ended
      expect(units(lines, 'Step Functions') / 1000).toBeLessThanOrEqual(4 + again + 0.2)
      expect(units(lines, 'Step Functions') / 1000).toBeGreaterThanOrEqual(3.8)
      expect(messagesEach).toBeLessThan(8.5)
      expect(units(lines, 'S3: writes of functions') / 1000).toBeLessThan(4.5)
    }
  })

  it('is the sum of its lines, cheaper in batches, and no dearer than it was', () => {
    const { oneByOne, atOnce, shortfalls } = found
    for (const { lines, usd } of [oneByOne, atOnce])
      expect(lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(usd, 10)
    expect(atOnce.usd).toBeLessThan(oneByOne.usd)
    expect(units(atOnce.lines, 'SQS: received')).toBeLessThan(units(oneByOne.lines, 'SQS: received') / 1.3)
    expect(oneByOne.usd).toBeLessThan(0.26)
    expect(shortfalls.length > 0).toBe(oneByOne.usd > 0.25 || atOnce.usd > 0.25)
  })
})
