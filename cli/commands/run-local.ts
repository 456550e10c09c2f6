import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { runLocal } from '#cli/processors/run-local'

type RunLocalOptions = {
  readonly processor: string
  readonly payer: string
  readonly type: string
  readonly in?: string
  readonly out: string
  readonly runSeconds: number
  readonly json?: boolean
}

const ending = `
Examples:
  $ mayfly run-local members.834 --processor members --type member
  $ mayfly run-local jan.837 --processor claims --type claims --in out-of-members   which holds member/members.ndjson
  $ mayfly run-local any.csv --processor ./my-processor --out /tmp/out

The real startup script runs the processor on this machine (Linux), without AWS: docs/processors.md says what a processor
is given and what its exit code means. The file is neither validated nor its contents shown.

Exit codes: 0 succeeded, 1 failed, 2 another machine might do better, or it could not be run.`

export const register = (program: Command) =>
  program
    .command('run-local')
    .description('run one file through a processor on this machine, by the startup script of the instances')
    .argument('<file>', 'the payer file')
    .requiredOption('--processor <processor>', 'a folder of config/processors, a path to one, or a packed .tar.gz')
    .option('--payer <payer>', 'what the processor is told', 'local')
    .option('--type <type>', 'what the processor is told', 'member')
    .option('--in <folder>', 'extra inputs, such as what the members left')
    .option('--out <folder>', 'where outputs, log.txt and result.json go', 'run-local-out')
    .option('--run-seconds <n>', "the processor's time limit", seconds, 3600)
    .addHelpText('after', ending)
    .action(async (file: string, _options, command: Command) => run(file, command.optsWithGlobals<RunLocalOptions>()))

const seconds = (text: string): number => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('it should be a whole number of seconds')
  return number
}

const run = async (file: string, options: RunLocalOptions) => {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())
  const scratch = await mkdtemp(join(tmpdir(), 'mayfly-run-local-'))
  try {
    const result = await runLocal({
      ...options,
      file,
      ...(options.in === undefined ? {} : { extra: options.in }),
      scratch,
      say: (text) => void process.stderr.write(text),
      signal: interrupted.signal,
    })
    const { outcome, reason, exitCode, peakMemoryBytes, cpuSeconds, outputs } = result
    const used = `${Math.ceil(peakMemoryBytes / 2 ** 20)} MiB at most, ${cpuSeconds} s of CPU`
    const words = `${outcome}: ${reason}, exit code ${exitCode}; ${used}; ${outputs.length} outputs in ${options.out}\n`
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : words)
    process.exitCode = { succeeded: 0, failed: 1, retryable: 2 }[outcome]
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
