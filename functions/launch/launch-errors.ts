/** Errors of `launch` that the state machine routes by name. */

/** EC2 refused every candidate: the turn is given back. */
export class CapacityUnavailable extends Error {
  override readonly name = 'CapacityUnavailable'
}

/** The round has used up its instances (`attempts` of the policy). */
export class AttemptsExhausted extends Error {
  override readonly name = 'AttemptsExhausted'
}

/** EC2 will refuse this request however often it is asked, or what it needs does not exist. */
export class LaunchRejected extends Error {
  override readonly name = 'LaunchRejected'
}

/** EC2 was busy or unreachable; the same candidate is asked again by the state machine's retry. */
export class LaunchUnclear extends Error {
  override readonly name = 'LaunchUnclear'
}
