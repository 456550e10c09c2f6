import { describe, expect, it } from 'vitest'
import { idleBill } from '#cli/money/idle-bill'
import { prices } from '#config/prices'
import { template } from '#test/infra/template'
import { record } from '#test/infra/values'

const synthesised = record(template.toJSON())
const withMore = (more: Record<string, object>) => ({ Resources: { ...record(synthesised['Resources']), ...more } })

describe('the idle bill of the template', () => {
  const bill = idleBill(synthesised, prices)

  it('is $0.45 a month at most, at list prices without a free tier', () => {
    expect(bill.monthlyUsd).toBeLessThanOrEqual(0.45)
    expect(bill.afterFreeTierUsd).toBeLessThan(0.05)
  })

  it('is the sweep, the queue that is polled, and what they touch', () => {
    expect(bill.lines.map(({ what }) => what)).toEqual([
      ...['polling the inbox', 'schedule of the sweep', 'sweep: requests', 'sweep: memory × time'],
      ...['schedule, for the ticks: requests', 'schedule, for the ticks: memory × time', 'ticks through the inbox'],
      ...['reads of sweep and schedule', 'their log'],
    ])
    for (const { what, usd } of bill.lines) expect(usd, what).toBeGreaterThan(0)
  })

  it('alarms, dashboards and keys stand apart', () => {
    const apart = idleBill(withMore({ key: { Type: 'AWS::KMS::Key' } }), prices)
    expect(apart.monthlyUsd).toBe(bill.monthlyUsd)
    expect(apart.apartUsd).toBeCloseTo(bill.apartUsd + 1, 4)
    for (const { what } of bill.apart) expect(['alarms', 'dashboards', 'budgets']).toContain(what)
  })

  it.each([
    ['a NAT gateway', { Type: 'AWS::EC2::NatGateway' }, 730 * 0.045],
    ['a public address', { Type: 'AWS::EC2::EIP' }, 730 * 0.005],
    [
      'an interface endpoint in two zones',
      { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] } },
      2 * 730 * 0.01,
    ],
  ])('%s would be seen', (_, resource, usd) => {
    expect(idleBill(withMore({ more: resource }), prices).monthlyUsd).toBeCloseTo(bill.monthlyUsd + usd, 3)
  })

  it('a resource that no rule speaks of is an error, not nothing', () => {
    const strange = withMore({ db: { Type: 'AWS::RDS::DBInstance' } })
    expect(() => idleBill(strange, prices)).toThrow('no rule for AWS::RDS::DBInstance (db)')
  })

  it('a sweep that looks more often, or logs every run, costs more', () => {
    const resources = Object.entries(record(synthesised['Resources']))
    const changed = (type: string, change: (properties: Record<string, unknown>) => object) => ({
      Resources: Object.fromEntries(
        resources.map(([id, one]) => {
          const properties = record(record(one)['Properties'])
          return [id, record(one)['Type'] === type ? { ...record(one), Properties: change(properties) } : one]
        }),
      ),
    })
    const usdOf = (changedTemplate: object): number => idleBill(changedTemplate, prices).monthlyUsd
    const loud = changed('AWS::Lambda::Function', (properties) => ({ ...properties, LoggingConfig: {} }))
    expect(usdOf(loud)).toBeGreaterThan(0.45)
    const rare = changed('AWS::Scheduler::Schedule', (was) => ({ ...was, ScheduleExpression: 'rate(5 minutes)' }))
    expect(usdOf(rare)).toBeLessThan(bill.monthlyUsd)
    const daily = changed('AWS::Scheduler::Schedule', (was) => ({ ...was, ScheduleExpression: 'cron(0 3 * * ? *)' }))
    expect(() => usdOf(daily)).toThrow('no rate in minutes')
  })
})
