/** Errors that the state machine routes by name. */

/** The round is over: a late or redriven state must not work for it. */
export class RoundIsOver extends Error {
  override readonly name = 'RoundIsOver'
}

/** The owner stopped, replaced or deleted the file. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped'
}
