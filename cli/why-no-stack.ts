export type Asked = {
  readonly endpoint?: string | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
}

const text = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))

/** What went wrong by its name or message, and what would be right. The first that fits is said. */
const causes: readonly (readonly [fits: RegExp, right: (asked: Asked) => string])[] = [
  [/Region is missing/, () => 'no region is set. Name one with --region or AWS_REGION'],
  [
    /could not resolve credentials using profile|profile .* (could not|not) be? ?found/i,
    ({ profile }) =>
      `there is no usable profile ${profile ?? process.env['AWS_PROFILE'] ?? 'default'}. List those that there are with \`aws configure list-profiles\`, and sign in`,
  ],
  [
    /could not load credentials|CredentialsProviderError|token is expired|Token has expired/i,
    () => 'there are no credentials. Sign in (`aws sso login`, `aws configure`), or name a profile with --profile',
  ],
  [
    /ExpiredToken|security token included in the request is (expired|invalid)|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch/,
    () => 'the credentials were refused. Sign in again, or name another profile with --profile',
  ],
  [
    /not authorized|AccessDenied/,
    () => 'these credentials may not look at it. They need cloudformation:DescribeStacks and ListStackResources on it',
  ],
  [
    /does not exist/,
    () => 'there is none. Name where it is with --region and --profile, or deploy it: npm run deploy -- --env <name>',
  ],
  [/ECONNREFUSED/, () => 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, () => 'that address is not known. Look at the spelling of the region, and at the network'],
]

/** One line: where the stack was looked for, what was answered, and what would be right. */
export const whyNoStack = (error: unknown, asked: Asked): string => {
  const { endpoint, profile, region } = asked
  const named = [
    region ? `region ${region}` : 'the region of your AWS configuration',
    ...(profile ? [`profile ${profile}`] : []),
  ]
  const where = endpoint ?? named.join(', ')
  const seen = [error instanceof Error ? error.name : '', text(error), codeOf(error)].join(' ')
  const known = causes.find(([fits]) => fits.test(seen))?.[1](asked)
  const because = known === undefined ? text(error) : `${known} (${text(error)})`
  return `The stack Mayfly could not be read at ${where}: ${because}. Start a local one with \`mayfly up\`, or name one with --endpoint-url, --profile or --region.`.replaceAll(
    '\n',
    ' ',
  )
}

/** The code of a failed connection stands in the error, or in those that it holds. */
const codeOf = (error: unknown): string => {
  const code: unknown = Reflect.get(Object(error), 'code')
  const cause: unknown = Reflect.get(Object(error), 'cause')
  return [typeof code === 'string' ? code : '', cause === undefined ? '' : codeOf(cause)].join(' ')
}
