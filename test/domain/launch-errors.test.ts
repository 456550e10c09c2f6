import { describe, expect, it } from 'vitest'
import { isLateRefusal, isSpotLoss, refusalOf } from '#domain/launch-errors'

/** Lessons 12 and 13: what EC2 says, and what it asks for. */
describe('refusalOf', () => {
  it.each([
    'InsufficientInstanceCapacity',
    'UnfulfillableCapacity',
    'Unsupported',
    'SpotMaxPriceTooLow',
    'VolumeLimitExceeded',
  ])('%s: the next candidate', (code) => {
    expect(refusalOf(code)).toBe('next')
  })

  it.each([
    ['VcpuLimitExceeded', 'skip-market'],
    ['InstanceLimitExceeded', 'skip-market'],
    ['MaxSpotInstanceCountExceeded', 'skip-market'],
    ['InsufficientFreeAddressesInSubnet', 'skip-subnet'],
    ['IdempotentParameterMismatch', 'look'],
  ])('%s: %s', (code, expected) => {
    expect(refusalOf(code)).toBe(expected)
  })

  it.each(['RequestLimitExceeded', 'Throttling', 'InternalError', 'ServiceUnavailable', 'TimeoutError', 'ECONNRESET'])(
    '%s: the same candidate, later',
    (code) => {
      expect(refusalOf(code)).toBe('later')
    },
  )

  it.each(['UnauthorizedOperation', 'InvalidAMIID.NotFound', 'InvalidParameterValue', 'constructor', ''])(
    '%s: a person must look',
    (code) => {
      expect(refusalOf(code)).toBe('fatal')
    },
  )
})

describe('what EC2 says of a machine that it took back', () => {
  it.each([
    ['Server.InsufficientInstanceCapacity', true, false],
    ['Client.VolumeLimitExceeded', true, false],
    ['InsufficientFreeAddressesInSubnet', true, false],
    ['VcpuLimitExceeded', true, false],
    ['Server.SpotInstanceTermination', false, true],
    ['Server.SpotInstanceShutdown', false, true],
    ['Server.InternalError', false, false],
    ['Client.UserInitiatedShutdown', false, false],
    ['Client.InstanceInitiatedShutdown', false, false],
    ['Client.InternalError', false, false],
    [undefined, false, false],
  ])('%s: a late refusal %s, a spot loss %s', (reason, late, spot) => {
    expect([isLateRefusal(reason), isSpotLoss(reason)]).toEqual([late, spot])
  })
})
