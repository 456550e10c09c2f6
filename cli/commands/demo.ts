import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type OpenStack, stackAt } from '#cli/aws/open-stack'
import { demoReport } from '#cli/demo/demo-report'
import { changeLines, redrawnTable } from '#cli/demo/demo-screen'
import { keepRun } from '#cli/demo/keep-run'
import { runDemo } from '#cli/demo/run-demo'
import { liveJobs } from '#cli/jobs/live-jobs'
import { watchJobs } from '#cli/jobs/watch-jobs'
import { localClientOptions, pushToLocal } from '#cli/processors/push-processors'
import { requireWritable } from '#cli/screen/require-writable'
import { terminal } from '#cli/screen/terminal'
import { exportLines } from '#local/aws-environment'
import { defaultStateFolder } from '#local/endpoints-file'
import { type LocalAws, startLocalAws } from '#local/local-aws'

type DemoOptions = {
  readonly once?: boolean
  /** true: the program's own --json took the flag, and the file follows as an argument. */
  readonly json?: boolean | string
  readonly keep?: boolean
  readonly members: number
  readonly seed: number
  readonly timeoutMinutes: number
  readonly stateDir: string
}

const ending = `
Examples:
  $ npm start                                  the same as mayfly demo
  $ mayfly demo --once --json out.json         for scripts: ends by itself, exit code 0 only if every rule held
  $ mayfly demo --members 500 --seed 7

With a terminal it stays up afterwards for your own files, until Ctrl-C; piped, or with --once, it ends by itself.

Exit codes: 0 every rule held, 1 one did not (they are listed), 2 it could not be set up or was stopped.`

const whole = (least: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least)
    throw new InvalidArgumentError(`It should be a whole number from ${least}.`)
  return value
}

export const register = (program: Command) =>
  program
    .command('demo')
    .description('start the whole system here, drop the sample files, and prove the order in which they ran')
    .usage('[options]')
    .argument('[file]') // of --json <file>: the program's own --json, a flag, is read first
    .option('--once', 'end when everything has ended, even with a terminal')
    .option('--json <file>', 'write jobs, violations and summary to this file; without a name, to standard output')
    .option('--keep', 'leave sample files, outputs and consoles in the folder kept/ of the state folder')
    .option('--members <count>', "members of the largest payer's full file", whole(1), 50_000)
    .option('--seed <number>', 'other sample files for another seed', whole(0), 1)
    .option('--timeout-minutes <minutes>', 'what has not ended by then is a violation', whole(1), 15)
    .option('--state-dir <folder>', 'where state and logs go', defaultStateFolder)
    .addHelpText('after', ending)
    .action(async (file: string | undefined, own: DemoOptions, command: Command) => {
      const json = own.json ?? (command.optsWithGlobals<DemoOptions>().json === true ? (file ?? true) : undefined)
      if (file !== undefined && json !== file)
        throw new Error(`Unexpected argument ${JSON.stringify(file)}; a file name belongs after --json`)
      await demo({ ...own, ...(json !== undefined && { json }) })
    })

const demo = async (options: DemoOptions) => {
  const { json, once = false, keep = false, seed, members, timeoutMinutes } = options
  if (typeof json === 'string') await requireWritable('--json', json)
  const folder = resolve(options.stateDir)
  const kept = join(folder, 'kept')
  const samples = join(keep ? kept : folder, 'samples')
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort(new Error(`Stopped by ${signal} before the demo had ended`)))
  // The one JSON document has standard output for itself.
  const out = json === true ? process.stderr : process.stdout
  const write = (text: string) => void out.write(text)
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const { interactive } = terminal(out)

  const local = await startLocalAws({ stateDir: folder, say, signal: interrupted.signal, afterDeploy: pushToLocal })
  let broken: Error | undefined
  void local.broken.then((why) => {
    broken = new Error(why)
    interrupted.abort(broken)
  })
  const clients = localClientOptions(local.env)
  const stack = stackAt(clients.other, clients.ec2, local.outputs)
  try {
    const { signal } = interrupted
    const screen = interactive ? redrawnTable(write, () => terminal(out)) : changeLines(write)
    if (keep) await rm(kept, { recursive: true, force: true })
    const result = await runDemo(stack, { samples, seed, members, timeoutMinutes, say, screen, signal })
    write(demoReport(result))
    const text = `${JSON.stringify(result, null, 2)}\n`
    if (typeof json === 'string') await writeFile(json, text)
    else if (json) process.stdout.write(text)
    if (result.violations.length > 0) process.exitCode = 1
    if (keep) {
      await keepRun(stack, result, { stateFolder: folder, to: kept })
      say(`Kept in ${kept}: samples, outputs, hypervisor`)
    }
    if (interactive && !once) await stayUp(stack, local, write, signal)
    if (broken) throw broken
  } catch (error) {
    throw broken ?? error // what fails for want of an emulator is not the reason
  } finally {
    stack.close()
    if (!keep) await rm(samples, { recursive: true, force: true })
    say('Stopping: instances, hypervisor, emulator')
    await local.stop()
  }
}

/** For the person's own files: every change of a job is a line, until Ctrl-C. */
const stayUp = async (stack: OpenStack, local: LocalAws, write: (text: string) => void, signal: AbortSignal) => {
  const { LandingBucket, PayerPriorityTable } = stack.names
  write(`
Still up, for your own files. In another shell:
${exportLines(local)
  .map((line) => `  ${line}`)
  .join('\n')}
  aws s3 cp my.834 s3://${LandingBucket}/<payer>/member/my.834
  aws dynamodb put-item --table-name ${PayerPriorityTable} --item '{"payerId":{"S":"<payer>"},"fileType":{"S":"*"}}'
  mayfly explain <payer>/member/my.834
Ctrl-C stops everything.

`)
  const known = await liveJobs(stack)
  const lines = changeLines(write, known)
  await watchJobs(stack, { show: ({ jobs }) => lines.show(jobs, Date.now()), isDone: () => false, signal })
}
