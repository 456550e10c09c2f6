/**
 * What EC2's word asks for: another candidate; none in this subnet; none on this market that takes as many vCPUs; the same
 * one later; to look for what the client token has started; or a person.
 */
export type Refusal = 'next' | 'skip-subnet' | 'skip-market' | 'later' | 'look' | 'fatal'

/**
 * One table for RunInstances' refusals (lessons 12 and 13) and for what EC2 says of a machine that it took back before it
 * ran (`StateReason`). Capacity is a matter of the candidate, a quota of its market; throttling and server errors are a
 * matter of time; what is not listed would be refused again tomorrow.
 */
const refusals: Record<string, Refusal> = {
  InsufficientInstanceCapacity: 'next',
  InsufficientHostCapacity: 'next',
  InsufficientReservedInstanceCapacity: 'next',
  UnfulfillableCapacity: 'next',
  Unsupported: 'next',
  SpotMaxPriceTooLow: 'next',
  'Server.InsufficientInstanceCapacity': 'next',
  InsufficientFreeAddressesInSubnet: 'skip-subnet',
  VcpuLimitExceeded: 'skip-market',
  InstanceLimitExceeded: 'skip-market',
  MaxSpotInstanceCountExceeded: 'skip-market',
  // The limit of EBS storage: other instances must give theirs back first.
  VolumeLimitExceeded: 'next',
  'Client.VolumeLimitExceeded': 'next',
  'Client.InstanceInitiatedShutdown': 'later',
  'Server.InternalError': 'later',
  RequestLimitExceeded: 'later',
  Throttling: 'later',
  ThrottlingException: 'later',
  InternalError: 'later',
  InternalFailure: 'later',
  ServiceUnavailable: 'later',
  Unavailable: 'later',
  RequestExpired: 'later',
  TimeoutError: 'later',
  NetworkingError: 'later',
  ECONNREFUSED: 'later',
  ECONNRESET: 'later',
  // The same token with other parameters: a deployment came between two asks of one candidate.
  IdempotentParameterMismatch: 'look',
}

/** What an error of RunInstances asks for, by its code. An unknown code is final: a person must look. */
export const refusalOf = (code: string): Refusal => (Object.hasOwn(refusals, code) && refusals[code]) || 'fatal'

/** EC2 took the machine back by its own will, before it ran, for want of capacity: a refusal that came late. */
export const isLateRefusal = (stateReason: string | undefined): boolean =>
  stateReason !== undefined && ['next', 'skip-market', 'skip-subnet'].includes(refusalOf(stateReason))

/** EC2 took a spot instance back (StateReason codes of the EC2 API reference). */
export const isSpotLoss = (stateReason: string | undefined): boolean =>
  stateReason === 'Server.SpotInstanceTermination' || stateReason === 'Server.SpotInstanceShutdown'
