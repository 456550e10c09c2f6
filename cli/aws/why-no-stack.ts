import { type Asked, whereAsked, whyAwsFailed } from '#cli/aws/why-aws-failed'

/** What only this question can be answered with. */
const causes: readonly (readonly [fits: RegExp, right: string])[] = [
  [
    /not authorized|AccessDenied/,
    'these credentials may not look at it. They need cloudformation:DescribeStacks and ListStackResources on it',
  ],
  [
    /does not exist/,
    'there is none. Name where it is with --region and --profile, or deploy it: npm run deploy -- --env <name>',
  ],
]

/** What came of the SDK or of a page that is not AWS's says nothing more to a person. */
const says = (text: string): boolean => !/Deserialization error|node-http-handler|^Unknown/.test(text)

/** One line: where the stack was looked for, what was answered, and what would be right. */
export const whyNoStack = (error: unknown, asked: Asked): string => {
  const text = error instanceof Error ? error.message || error.name : String(error)
  const seen = `${error instanceof Error ? error.name : ''} ${text}`
  const known = causes.find(([fits]) => fits.test(seen))?.[1] ?? whyAwsFailed(error, asked)
  const because = known === undefined ? text : says(text) ? `${known} (${text})` : known
  return `The stack Mayfly could not be read at ${whereAsked(asked)}: ${because}. Start a local one with \`mayfly up\`, or name one with --endpoint-url, --profile or --region.`.replaceAll(
    /\s*\n\s*/g,
    ' ',
  )
}
