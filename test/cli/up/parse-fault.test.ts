import { describe, expect, it } from 'vitest'
import { parseFault } from '#cli/up/parse-fault'

describe('a fault on the command line', () => {
  it.each([
    { text: 'dead-boot', fault: { type: 'dead-boot', count: 1 } },
    { text: 'slow-boot:seconds=60,count=2', fault: { type: 'slow-boot', seconds: 60, count: 2 } },
    {
      text: 'insufficient-capacity:zone=us-east-1a,instanceType=t3.small',
      fault: { type: 'insufficient-capacity', zone: 'us-east-1a', instanceType: 't3.small', count: 1 },
    },
    {
      text: 'lose-events:source=s3,key=/result.json,count=always',
      fault: { type: 'lose-events', source: 's3', key: '/result.json', count: 'always' },
    },
    {
      text: 'death:tags.payer=acme,tags.attempt=1,afterSeconds=0.5',
      fault: { type: 'death', afterSeconds: 0.5, count: 1, tags: { payer: 'acme', attempt: '1' } },
    },
    { text: 'throttle', fault: { type: 'throttle', action: 'RunInstances', count: 1 } },
  ])('$text', ({ text, fault }) => {
    expect(parseFault(text)).toEqual(fault)
  })

  it.each(['earthquake', 'slow-boot', 'slow-boot:second=3', 'dead-boot:count=0', 'dead-boot:count=sometimes'])(
    '%s is refused with what would be right',
    (text) => {
      expect(() => parseFault(text)).toThrow(/^--fault .* is not right: [\s\S]*such as slow-boot:seconds=60,count=2$/)
    },
  )
})
