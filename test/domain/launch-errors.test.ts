import { describe, expect, it } from 'vitest'
import { refusalOf } from '#domain/launch-errors'

/** Lessons 12 and 13: what EC2 says, and what it asks for. */
describe('refusalOf', () => {
  it.each([
    'InsufficientInstanceCapacity',
    'UnfulfillableCapacity',
    'Unsupported',
    'InsufficientFreeAddressesInSubnet',
    'MaxSpotInstanceCountExceeded',
    'SpotMaxPriceTooLow',
    'VcpuLimitExceeded',
    'InstanceLimitExceeded',
  ])('%s: the next candidate', (code) => {
    expect(refusalOf(code)).toBe('next')
  })

  it.each(['RequestLimitExceeded', 'Throttling', 'InternalError', 'ServiceUnavailable', 'TimeoutError', 'ECONNRESET'])(
    '%s: the same candidate, later',
    (code) => {
      expect(refusalOf(code)).toBe('later')
    },
  )

  it.each([
    'UnauthorizedOperation',
    'InvalidAMIID.NotFound',
    'InvalidParameterValue',
    'IdempotentParameterMismatch',
    '',
  ])('%s: a person must look', (code) => {
    expect(refusalOf(code)).toBe('fatal')
  })
})
