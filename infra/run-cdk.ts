import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CloudFormationClient, SetStackPolicyCommand } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { loadEnvironment } from '#config/environments/load-environment'
import { type Action, cdkCommand } from '#infra/cdk-command'
import { bucketsOf, emptyBucket, refuseFilled } from '#infra/empty-buckets'
import { lastingIn, stackPolicy } from '#infra/lasting'
import { resourcesOf } from '#infra/rules/resource'

const root = fileURLToPath(new URL('..', import.meta.url))
const cdk = `${root}node_modules/aws-cdk/bin/cdk`
const actions: readonly string[] = ['deploy', 'diff', 'destroy'] satisfies Action[]
const isAction = (word: string | undefined): word is Action => word !== undefined && actions.includes(word)

const usage = `npm run deploy | diff | destroy -- --env <name> [--profile <name>] [--empty-buckets] [-- <what the CDK takes>]
--empty-buckets goes with destroy, where the environment says "data": "destroy": it deletes every version of every object.`

/** No update after this one may replace or delete what lasts, whoever makes it. */
const protect = async (): Promise<void> => {
  const template: unknown = JSON.parse(readFileSync(`${root}cdk.out/Mayfly.template.json`, 'utf8'))
  const cloudformation = new CloudFormationClient({})
  const StackPolicyBody = stackPolicy(lastingIn(resourcesOf(template)))
  await cloudformation.send(new SetStackPolicyCommand({ StackName: 'Mayfly', StackPolicyBody }))
  cloudformation.destroy()
}

/** A stack whose data goes with it: its buckets must be empty, and are emptied only by who says so. */
const clearTheWay = async (mayEmpty: boolean): Promise<void> => {
  const [cloudformation, s3] = [new CloudFormationClient({}), new S3Client({})]
  const buckets = await bucketsOf(cloudformation)
  if (!mayEmpty) await refuseFilled(s3, buckets)
  else
    for (const bucket of buckets) process.stderr.write(`${bucket}: ${await emptyBucket(s3, bucket)} versions deleted\n`)
  cloudformation.destroy()
  s3.destroy()
}

const main = async (argv: readonly string[]): Promise<number> => {
  const [action, ...rest] = argv
  const options = {
    env: { type: 'string' },
    profile: { type: 'string' },
    'empty-buckets': { type: 'boolean', default: false },
  } as const
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true })
  if (!isAction(action) || values.env === undefined) throw new Error(`Which environment? ${usage}`)
  const environment = loadEnvironment(values.env)
  const { args, env } = cdkCommand(action, values.env, environment, positionals)
  Object.assign(process.env, env, values.profile === undefined ? {} : { AWS_PROFILE: values.profile })
  if (action === 'destroy' && environment.data === 'destroy') await clearTheWay(values['empty-buckets'])
  const { status } = spawnSync(process.execPath, [cdk, ...args], { cwd: root, stdio: 'inherit' })
  if (status === 0 && action === 'deploy' && environment.protected) await protect()
  return status ?? 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
