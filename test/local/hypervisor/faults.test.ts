import { describe, expect, it } from 'vitest'
import { Fault } from '#local/hypervisor/fault'
import { createFaults, type Subject } from '#local/hypervisor/faults'

const withFault = (fault: unknown) => {
  const faults = createFaults()
  faults.add(Fault.parse(fault))
  return faults
}
const launch: Subject = { instanceType: 't3.small', zone: 'a', market: 'spot', tags: { payer: 'acme', attempt: '1' } }

describe('faults', () => {
  it.each([
    { asks: {}, meets: true },
    { asks: { instanceType: 't3.small', zone: 'a', market: 'spot' }, meets: true },
    { asks: { instanceType: 't3.medium' }, meets: false },
    { asks: { zone: 'b' }, meets: false },
    { asks: { market: 'on-demand' }, meets: false },
    { asks: { tags: { payer: 'acme' } }, meets: true },
    { asks: { tags: { payer: 'acme', attempt: '2' } }, meets: false },
  ])('one that asks for $asks meets the launch: $meets', ({ asks, meets }) => {
    const faults = withFault({ type: 'dead-boot', ...asks })
    expect(faults.take('dead-boot', launch) !== undefined).toBe(meets)
    expect(faults.injected().map(({ type, subject }) => ({ type, subject }))).toEqual(
      meets ? [{ type: 'dead-boot', subject: launch }] : [],
    )
  })

  it.each([
    { count: undefined, times: 1 },
    { count: 2, times: 2 },
    { count: 'always', times: 5 },
  ])('happens $count times of five: $times', ({ count, times }) => {
    const faults = withFault({ type: 'dead-boot', ...(count === undefined ? {} : { count }) })
    const taken = Array.from({ length: 5 }, () => faults.take('dead-boot', launch)).filter((it) => it !== undefined)
    expect(taken).toHaveLength(times)
    expect(faults.take('death', launch)).toBeUndefined()
  })

  it.each([
    { fault: { type: 'lose-events' }, deliveries: [] },
    { fault: { type: 'late-events', seconds: 3 }, deliveries: [3000] },
    { fault: { type: 'repeat-events' }, deliveries: [0, 1500] },
    { fault: { type: 'lose-events', source: 'ec2' }, deliveries: [0] },
    { fault: { type: 'lose-events', key: '/result.json' }, deliveries: [] },
    { fault: { type: 'lose-events', key: '/progress.json' }, deliveries: [0] },
  ])('$fault delivers an event of S3 after $deliveries ms', ({ fault, deliveries }) => {
    const faults = withFault(fault)
    expect(faults.deliveries({ source: 's3', key: 'runs/a/result.json' })).toEqual(deliveries)
  })

  it('an event may be late and come twice', () => {
    const faults = withFault({ type: 'late-events', seconds: 2 })
    faults.add(Fault.parse({ type: 'repeat-events' }))
    expect(faults.deliveries({ source: 'ec2', state: 'running' })).toEqual([2000, 3500])
    expect(faults.deliveries({ source: 'ec2', state: 'running' })).toEqual([0])
  })
})
