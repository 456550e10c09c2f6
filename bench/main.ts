import { Command, InvalidArgumentError } from 'commander'
import { admissionBench } from './admission.ts'
import { admissionLines } from './admission-lines.ts'
import { latencyBench, latencyLines } from './latency.ts'

const count = (text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1)
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a count, such as 100.`)
  return n
}
const counts = (text: string): number[] => (text === 'none' ? [] : text.split(',').map(count))

const program = new Command('bench').description('Measures; counts are the same on every machine, times are not.')

program
  .command('admission')
  .description('what one admission reads and writes, however many files wait; how fast one shard is')
  .option('--waiting <counts>', 'waiting files on the emulator, or none', counts, [100, 1000, 10_000])
  .option('--in-memory <counts>', 'waiting files in memory, or none', counts, [100, 10_000, 1_000_000])
  .option('--admissions <n>', 'measured for each number', count, 56)
  .option('--re-ranked <n>', 'waiting files of the payer whose row is edited', count, 100_000)
  .option('--files <n>', 'through one shard, for its speed', count, 400)
  .option('--json', 'everything that was measured, as JSON', false)
  .action(async ({ json, ...wanted }) => {
    const found = await admissionBench(wanted, (line) => process.stderr.write(`${line}\n`))
    const lines = json ? [JSON.stringify(found, undefined, 2)] : admissionLines(found, process.stdout.columns ?? 140)
    process.stdout.write(`${lines.join('\n')}\n`)
    if (found.shortfalls.length > 0) process.exitCode = 1
  })

program
  .command('latency')
  .description("from PutObject to the instance's first line on the local AWS, per hop; and with others waiting")
  .option('--files <n>', 'dropped at an even pace', count, 100)
  .option('--waiting <n>', 'files of others, the second time', count, 10_000)
  .option('--every-ms <n>', 'between two files', count, 1500)
  .option('--json', 'everything that was measured, as JSON', false)
  .action(async ({ json, ...wanted }) => {
    const found = await latencyBench(wanted, (line) => process.stderr.write(`${line}\n`))
    const lines = json ? [JSON.stringify(found, undefined, 2)] : latencyLines(found)
    process.stdout.write(`${lines.join('\n')}\n`)
  })

await program.parseAsync()
