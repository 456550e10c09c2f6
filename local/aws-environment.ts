import { delimiter, dirname } from 'node:path'

export type LocalEndpoints = {
  readonly endpoint: string
  readonly ec2Endpoint: string
  readonly region: string
  /** Path of the `aws` command that fits the endpoint. */
  readonly awsCli: string
}

/** No emulator checks credentials, but every SDK and CLI wants some. */
const dummyKey = 'test'

/** What an SDK, the CDK or the AWS CLI needs in its environment to talk to the local AWS and to nothing else. */
export const awsVariables = ({ endpoint, ec2Endpoint, region }: Omit<LocalEndpoints, 'awsCli'>) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_EC2: ec2Endpoint,
  AWS_ACCESS_KEY_ID: process.env['AWS_ENDPOINT_URL'] ? (process.env['AWS_ACCESS_KEY_ID'] ?? dummyKey) : dummyKey,
  AWS_SECRET_ACCESS_KEY: process.env['AWS_ENDPOINT_URL']
    ? (process.env['AWS_SECRET_ACCESS_KEY'] ?? dummyKey)
    : dummyKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
})

/**
 * The caller's environment without anything that could point a child at a real account (profiles, tokens, role
 * files, endpoints of single services), and with this Node first on the PATH: Lambda workers run on it.
 */
export const environmentWithoutAws = (from: NodeJS.ProcessEnv = process.env): Record<string, string> => {
  const kept = Object.entries(from).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(AWS_|CDK_|LOCALSTACK_|MINISTACK_|PYTHON|NODE_OPTIONS|VITEST|npm_)/.test(entry[0]),
  )
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(process.execPath), from['PATH'] ?? ''].join(delimiter),
    // The SDK's note that a later version will not run on Node 20: our versions are pinned.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
}

/** Lines for a POSIX shell, after which a person's own `aws` talks to the local AWS. */
export const exportLines = (local: LocalEndpoints): string[] => [
  ...Object.entries(awsVariables(local)).map(([name, value]) => `export ${name}=${quoted(value)}`),
  `export PATH=${quoted(dirname(local.awsCli))}:"$PATH"`,
]

const quoted = (value: string) => (/^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`)
