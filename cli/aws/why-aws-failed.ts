/** Whom a command asked, as far as it was said. */
export type Asked = {
  readonly endpoint?: string | undefined
  readonly ec2Endpoint?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
}

/** `http://127.0.0.1:4566`, or `region us-east-1, profile prod`. */
export const whereAsked = ({ endpoint, ec2Endpoint, profile, region }: Asked): string => {
  if (endpoint && ec2Endpoint && ec2Endpoint !== endpoint) return `${endpoint} (EC2: ${ec2Endpoint})`
  return (
    endpoint ?? ([region && `region ${region}`, profile && `profile ${profile}`].filter(Boolean).join(', ') || 'AWS')
  )
}

type Seen = { readonly words: string; readonly status: number | undefined; readonly attempts: number }

/** What is the same whoever asks: nobody there, nobody who answers, somebody else, no credentials. The first that fits is said. */
const causes: readonly (readonly [fits: RegExp, right: (asked: Asked, seen: Seen) => string])[] = [
  [/Region is missing/, () => 'no region is set. Name one with --region or AWS_REGION'],
  [
    /did not establish a connection|ETIMEDOUT|EHOSTUNREACH|requestTimeout|ms of inactivity/,
    (_asked, { words, attempts }) => {
      const [, millis] = /(\d+) ms/.exec(words) ?? []
      const within = millis === undefined ? 'in time' : `within ${Number(millis) / 1000} s`
      const what = words.includes('did not establish') ? 'no connection came about' : 'it did not answer'
      const asked = attempts > 1 ? `, asked ${attempts} times` : ''
      return `${what} ${within}${asked}. See that the address is right, and that what listens there is alive`
    },
  ],
  [
    /could not resolve credentials using profile|profile .* (could not|not) be? ?found/i,
    ({ profile }) =>
      `there is no usable profile ${profile ?? process.env['AWS_PROFILE'] ?? 'default'}. List those that there are with \`aws configure list-profiles\`, and sign in`,
  ],
  [
    /could not load credentials|CredentialsProviderError|token is expired|Token has expired/i,
    ({ profile }) =>
      `${profile ? `profile ${profile} gives no credentials` : 'there are no credentials'}. Sign in (\`aws sso login\`, \`aws configure\`), or name ${profile ? 'another' : 'a'} profile with --profile`,
  ],
  [
    /ExpiredToken|security token included in the request is (expired|invalid)|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch/,
    () => 'the credentials were refused. Sign in again, or name another profile with --profile',
  ],
  // Another web server: its page is no XML, or an error without the name and the request id that all of AWS's have.
  [
    /^NotAws|Deserialization error|\bUnknown(Error)? without-request-id$/,
    (_asked, { status }) =>
      `it answers${status === undefined ? '' : ` HTTP ${status}`}, but not in AWS's protocol. It should be an endpoint of AWS or of an emulator`,
  ],
  [/ECONNREFUSED/, () => 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, () => 'that address is not known. Look at the spelling of the region, and at the network'],
  [/ECONNRESET|EPIPE|socket hang up/, () => 'it closed the connection before it had answered'],
  [
    /EPROTO|ERR_SSL|wrong version number/,
    () => 'it does not speak TLS. See whether the address should begin with http://',
  ],
]

const metadataOf = (error: unknown): Record<string, unknown> => Object(Reflect.get(Object(error), '$metadata'))
const whole = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** What went wrong between us and AWS, and what would be right; undefined when AWS's own words say it best. */
export const whyAwsFailed = (error: unknown, asked: Asked): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const { httpStatusCode, attempts, requestId } = metadataOf(error)
  const mark = httpStatusCode !== undefined && requestId === undefined ? ['without-request-id'] : []
  const words = [error.name, codeOf(error), error.message, ...mark].join(' ')
  const seen = { words, status: whole(httpStatusCode), attempts: whole(attempts) ?? 1 }
  return causes.find(([fits]) => fits.test(words))?.[1](asked, seen)
}

/** The code of a failed connection stands in the error, or in those that it holds. */
const codeOf = (error: unknown): string => {
  const code: unknown = Reflect.get(Object(error), 'code')
  const cause: unknown = Reflect.get(Object(error), 'cause')
  return [typeof code === 'string' ? code : '', cause === undefined ? '' : codeOf(cause)].join(' ')
}

/** Somebody answered who is not AWS, though it could be read. */
export class NotAws extends Error {
  override readonly name = 'NotAws'
}

export class AwsUnreachable extends Error {
  override readonly name = 'AwsUnreachable'
}

/** Anything that the SDK threw, in our words where they say more; everything else as it is. */
export const toldOf = (error: unknown, asked: Asked): unknown => {
  if (!(error instanceof Error)) return error
  if (!('$metadata' in error) && error.name !== 'CredentialsProviderError') return error
  const because = whyAwsFailed(error, asked) ?? nameless(error)
  return because === undefined ? error : new AwsUnreachable(`${whereAsked(asked)}: ${because}`, { cause: error })
}

/** An answer without a body, as to a HEAD, has a number and no words. */
const nameless = (error: Error): string | undefined =>
  /^(Unknown(Error)?)?$/.test(error.message)
    ? `it refused a request with HTTP ${whole(metadataOf(error)['httpStatusCode'])} (${error.name}) and no reason`
    : undefined
