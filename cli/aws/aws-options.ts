import { type Command, InvalidArgumentError } from 'commander'
import { requireProfile } from '#cli/aws/aws-profiles'
import { patience } from '#cli/aws/patience'
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
    .option('--endpoint-url <url>', 'talk to this endpoint, such as an emulator', address)
    .option('--profile <name>', 'use this profile of the AWS configuration files', given('prod'))
    .option('--region <name>', 'work in this region', given('us-east-1'))
    .option('--json', 'print JSON, for programs')

/** Empty is what an unset shell variable leaves: without a word, the command would turn to another account. */
const given =
  (example: string) =>
  (text: string): string => {
    if (text.trim() !== '') return text
    throw new InvalidArgumentError(
      `It is empty, as an unset shell variable leaves it. It should be such as ${example}, or left out.`,
    )
  }

const address = (text: string): string => {
  const url = given('http://127.0.0.1:4566')(text)
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
  throw new InvalidArgumentError('It should be an address, such as http://127.0.0.1:4566.')
}

export type ClientOptions = {
  readonly endpoint?: string
  readonly profile?: string
  readonly region?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly requestHandler?: typeof patience
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
  options: AwsOptions,
  service: 'ec2' | 'other' = 'other',
  { running = runningEndpoints, env = process.env, say = sayOnce }: Seams = {},
): Promise<ClientOptions> => ({
  ...(await target(options, service, { running, env, say })),
  requestHandler: patience,
})

const target = async (
  { endpointUrl, profile, region }: AwsOptions,
  service: 'ec2' | 'other',
  { running, env, say }: Required<Seams>,
): Promise<ClientOptions> => {
  const named = profile ?? (env['AWS_PROFILE'] || undefined)
  if (named) await requireProfile(named, env)
  const given = { ...(profile && { profile }), ...(region && { region }) }
  if (endpointUrl) {
    const own = profile || env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE']
    const endpoint = (service === 'ec2' && (await ec2Beside(endpointUrl, running))) || endpointUrl
    return { ...given, endpoint, ...(!own && { credentials: dummy, region: region ?? 'us-east-1' }) }
  }
  const fromEnv = service === 'ec2' && !env['AWS_ENDPOINT_URL_EC2'] ? env['AWS_ENDPOINT_URL'] : undefined
  const endpointOfEc2 = fromEnv && (await ec2Beside(fromEnv, running))
  if (endpointOfEc2) return { ...given, endpoint: endpointOfEc2 }
  if (profile || region || env['AWS_ENDPOINT_URL'] || env['AWS_PROFILE']) return given
  const local = await running()
  if (!local) return given
  say(`Using the local AWS at ${local.endpoint} (mayfly up, process ${local.pid})`)
  const endpoint = service === 'ec2' ? local.ec2Endpoint : local.endpoint
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = awsVariables(local)
  return { endpoint, region: local.region, credentials: { accessKeyId, secretAccessKey } }
}

/** The local AWS has its instances behind an endpoint of their own: at the emulator's, there are none. */
const ec2Beside = async (endpoint: string, running: Required<Seams>['running']): Promise<string | undefined> => {
  const local = await running()
  return local && originOf(local.endpoint) === originOf(endpoint) ? local.ec2Endpoint : undefined
}

const originOf = (url: string): string =>
  (URL.canParse(url) ? new URL(url).origin : url).replace('//localhost', '//127.0.0.1')

const dummy = { accessKeyId: 'test', secretAccessKey: 'test' }

const said = new Set<string>()
const sayOnce = (line: string) => {
  if (said.has(line)) return
  said.add(line)
  process.stderr.write(`${line}\n`)
}
