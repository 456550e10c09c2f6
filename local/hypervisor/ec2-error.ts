/** An error that the caller of the EC2 API gets, by EC2's own code and status. */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** The call was carried out, and a fault wants its caller not to hear of it. */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost'
}
