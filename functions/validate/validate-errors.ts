/** Errors that the state machine routes by name. */

/** The file must not run; its message is the cause that the scheduler reads (codes and positions, never contents). */
export class UnsoundFile extends Error {
  override readonly name = 'UnsoundFile'
}

/** What S3 gives is not as long as what was announced: nothing can be said of the file, and reading it again may help. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged'
}

/** The file takes longer to read than a Lambda function may run; reading it again would not help. */
export class ValidationTimedOut extends Error {
  override readonly name = 'ValidationTimedOut'
}
