import type { Command } from 'commander'
import { awsVariables } from '#local/aws-environment'
import { type Endpoints, runningEndpoints } from '#local/endpoints-file'

export type AwsOptions = {
  readonly endpointUrl?: string
  readonly profile?: string
  readonly region?: string
  readonly json?: boolean
}

/** The options that every command has, named as in the AWS CLI. Read them with `command.optsWithGlobals()`. */
export const addAwsOptions = (program: Command) =>
  program
    .configureHelp({ showGlobalOptions: true }) // so that the help of every command lists them
    .option('--endpoint-url <url>', 'talk to this endpoint, such as an emulator')
    .option('--profile <name>', 'use this profile of the AWS configuration files')
    .option('--region <name>', 'work in this region')
    .option('--json', 'print JSON, for programs')

export type ClientOptions = {
  readonly endpoint?: string
  readonly profile?: string
  readonly region?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

type Seams = {
  readonly running?: () => Promise<Endpoints | undefined>
  readonly env?: NodeJS.ProcessEnv
  readonly say?: (line: string) => void
}

/**
 * What an SDK client is made with: `new DynamoDBClient(await clientOptions(globals))`. Explicit options win, then the
 * environment, then the local AWS that is up (said on standard error); else whatever the SDK finds by itself.
 */
export const clientOptions = async (
  { endpointUrl, profile, region }: AwsOptions,
  service: 'ec2' | 'other' = 'other',
  { running = runningEndpoints, env = process.env, say = sayOnce }: Seams = {},
): Promise<ClientOptions> => {
  const given = { ...(profile && { profile }), ...(region && { region }) }
  if (endpointUrl) {
    const own = profile || env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE']
    return { ...given, endpoint: endpointUrl, ...(!own && { credentials: dummy, region: region ?? 'us-east-1' }) }
  }
  if (profile || region || env['AWS_ENDPOINT_URL'] || env['AWS_PROFILE']) return given
  const local = await running()
  if (!local) return given
  say(`Using the local AWS at ${local.endpoint} (mayfly up, process ${local.pid})`)
  const endpoint = service === 'ec2' ? local.ec2Endpoint : local.endpoint
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = awsVariables(local)
  return { endpoint, region: local.region, credentials: { accessKeyId, secretAccessKey } }
}

const dummy = { accessKeyId: 'test', secretAccessKey: 'test' }

const said = new Set<string>()
const sayOnce = (line: string) => {
  if (said.has(line)) return
  said.add(line)
  process.stderr.write(`${line}\n`)
}
