import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { pushToLocal } from '#cli/processors/push-processors'
import { parseFault } from '#cli/up/parse-fault'
import { upReport } from '#cli/up/up-report'
import { defaultStateFolder } from '#local/endpoints-file'
import type { Fault } from '#local/hypervisor/fault'
import { injectFaults } from '#local/inject-faults'
import { type LocalAws, startLocalAws } from '#local/local-aws'

type UpOptions = AwsOptions & { readonly stateDir?: string; readonly deploy: boolean; readonly fault: readonly Fault[] }

const ending = `
Examples:
  $ mayfly up                          then, in another shell: mayfly status
  $ mayfly up --json                   one line of JSON when everything is up
  $ mayfly up --state-dir /tmp/second  a second one beside the first
  $ mayfly up --fault insufficient-capacity:zone=us-east-1a,count=3 --fault death:afterSeconds=5,tags.payer=acme
  $ mayfly up --fault lose-events:source=ec2,count=always   docs/faults.md lists them all
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 mayfly up   deploy to an emulator that already runs`

export const register = (program: Command) =>
  program
    .command('up')
    .description('start the whole system on this machine and keep it up until Ctrl-C')
    .option('--state-dir <folder>', 'where state and logs go (default: .mayfly/local in the project)')
    .option('--no-deploy', 'start the emulator and the hypervisor only')
    .option('--fault <fault>', 'something to go wrong, type:name=value,…; repeatable', collect, [])
    .addHelpText('after', ending)
    .action(async (_options, command: Command) => up(command.optsWithGlobals<UpOptions>()))

const collect = (text: string, before: readonly Fault[]): Fault[] => [...before, parseFault(text)]

const up = async ({ stateDir, deploy, json, fault }: UpOptions) => {
  const interrupted = new AbortController()
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        interrupted.abort(new Error(`Stopped by ${signal} before everything was up`))
        resolve()
      })
  })
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const local = await startLocalAws({
    say,
    deploy,
    signal: interrupted.signal,
    afterDeploy: pushToLocal,
    ...(stateDir && { stateDir }),
  }).catch((error) => {
    throw interrupted.signal.aborted ? interrupted.signal.reason : error // what was cut short is not the news
  })
  try {
    if (fault.length > 0) await injectFaults(local, fault)
    process.stdout.write(
      json ? `${JSON.stringify(summary(local))}\n` : upReport(local, resolve(stateDir ?? defaultStateFolder)),
    )
    const broken = await Promise.race([asked, local.broken])
    if (broken !== undefined) throw new Error(broken)
  } finally {
    say('Stopping: instances, hypervisor, emulator')
    await local.stop()
  }
}

const summary = ({ endpoint, ec2Endpoint, region, env, outputs, awsCli }: LocalAws) => ({
  endpoint,
  ec2Endpoint,
  region,
  env,
  outputs,
  awsCli,
})
