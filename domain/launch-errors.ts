/** What to do when EC2 refuses: try another candidate, the same one later, or give up. */
export type Refusal = 'next' | 'later' | 'fatal'

/**
 * One table for all of RunInstances' refusals (lessons 12 and 13). Capacity is a matter of the candidate; throttling and
 * server errors are a matter of time; what is not listed would be refused again tomorrow.
 */
const refusals: Record<string, Refusal> = {
  InsufficientInstanceCapacity: 'next',
  InsufficientHostCapacity: 'next',
  InsufficientReservedInstanceCapacity: 'next',
  UnfulfillableCapacity: 'next',
  Unsupported: 'next',
  InsufficientFreeAddressesInSubnet: 'next',
  MaxSpotInstanceCountExceeded: 'next',
  SpotMaxPriceTooLow: 'next',
  VcpuLimitExceeded: 'next',
  InstanceLimitExceeded: 'next',
  RequestLimitExceeded: 'later',
  Throttling: 'later',
  InternalError: 'later',
  InternalFailure: 'later',
  ServiceUnavailable: 'later',
  Unavailable: 'later',
  RequestExpired: 'later',
  TimeoutError: 'later',
  NetworkingError: 'later',
  ECONNREFUSED: 'later',
  ECONNRESET: 'later',
}

/** What an error of RunInstances asks for, by its code. An unknown code is final: a person must look. */
export const refusalOf = (code: string): Refusal => refusals[code] ?? 'fatal'
