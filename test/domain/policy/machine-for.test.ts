import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '#domain/policy/defaults'
import { machineFor, needFor } from '#domain/policy/machine-for'
import { Policy } from '#domain/policy/policy'

const MIB = 1024 * 1024
const policyWith = (change: object): Policy => Policy.parse({ ...defaultPolicy['*'], ...change })
const shaped = policyWith({
  ...{ instanceTypes: ['t3.small'], diskGiB: 30, market: 'spot' },
  shapes: [
    { upToMiB: 10, instanceTypes: ['t3a.nano'], market: 'on-demand' },
    { upToMiB: 100, instanceTypes: ['m7i.large', 'c7i.xlarge'] },
    { instanceTypes: ['c7i.4xlarge'], diskGiB: 200, maxRunMinutes: 600 },
  ],
})

describe('machineFor', () => {
  it.each([
    [0, ['t3a.nano'], 'on-demand', 30],
    [10 * MIB, ['t3a.nano'], 'on-demand', 30],
    [10 * MIB + 1, ['m7i.large', 'c7i.xlarge'], 'spot', 30],
    [100 * MIB + 1, ['c7i.4xlarge'], 'spot', 200],
  ])('%i bytes: the first shape that takes them, the rest from the row', (bytes, instanceTypes, market, diskGiB) => {
    expect(machineFor(shaped, bytes)).toMatchObject({ instanceTypes, market, diskGiB, attempts: 3 })
  })
  it('without shapes, what the row says', () => {
    expect(machineFor(policyWith({ diskGiB: 99 }), 5).diskGiB).toBe(99)
  })
})

describe('needFor', () => {
  it.each([
    [1, 2],
    [50 * MIB, 4],
    [500 * MIB, 16],
    [undefined, 16],
  ])('%s bytes take %i vCPUs', (bytes, vcpus) => {
    expect(needFor(shaped, bytes)).toEqual({ vcpus, instances: 1 })
  })
})
