import { Command, InvalidArgumentError } from 'commander'
import { projectFolder } from '#local/project-folder'
import { admissionBench } from './admission.ts'
import { admissionLines } from './admission-lines.ts'
import { bundleLines } from './bundle-lines.ts'
import { bundlesBench } from './bundles.ts'
import { CEILING_USD, controlPlaneCost } from './control-plane.ts'
import { costLines, endToEndLines } from './cost-lines.ts'
import { endToEndCost } from './end-to-end-cost.ts'
import { fromS3Bench } from './from-s3.ts'
import { fuzzBench } from './fuzz.ts'
import { latencyBench, latencyLines } from './latency.ts'
import { Content } from './payer-file.ts'
import { validateBench } from './validate.ts'
import { validateLines } from './validate-lines.ts'

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
  .command('validate')
  .description('the validator in memory, over a stream, through gzip; beside indexOf and libraries')
  .option('--megabytes <sizes>', 'of the generated files', counts, [50, 500])
  .option(
    '--contents <list>',
    '834, 837, csv, ndjson',
    (text: string) => text.split(',').map((each) => Content.parse(each)),
    Content.options,
  )
  .option('--libraries <folder>', 'where node-x12, x12-parser, csv-parse, papaparse are installed', projectFolder)
  .option('--keep <folder>', 'leave the files there')
  .option('--json', 'everything that was measured, as JSON', false)
  .action(async ({ json, ...wanted }) => {
    const found = await validateBench(wanted, (line) => process.stderr.write(`${line}\n`))
    const lines = json ? [JSON.stringify(found, undefined, 2)] : validateLines(found, process.stdout.columns ?? 140)
    process.stdout.write(`${lines.join('\n')}\n`)
    if (found.shortfalls.length > 0) process.exitCode = 1
  })

program
  .command('from-s3')
  .description('one large 834, streamed from a local S3 through the validator, with its memory')
  .option('--megabytes <n>', 'of the generated file', count, 5000)
  .action(async (wanted) => {
    const found = await fromS3Bench(wanted, (line) => process.stderr.write(`${line}\n`))
    process.stdout.write(`${JSON.stringify(found)}\n`)
    if (found.peakMiB > found.aimMiB || !found.valid) process.exitCode = 1
  })

program
  .command('fuzz')
  .description('files changed at random: the validator must say what the slow checkers of the tests say')
  .option('--count <n>', 'files', count, 100_000)
  .option('--seed <n>', 'other files', count, 1)
  .action(async (wanted) => {
    const found = await fuzzBench(wanted, (line) => process.stderr.write(`${line}\n`))
    process.stdout.write(`${JSON.stringify(found)}\n`)
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
    if (found.shortfalls.length > 0) process.exitCode = 1
  })

program
  .command('bundles')
  .description('how large each function is, what fills it, how long it takes to start, and what memory that takes')
  .option('--processes <n>', 'fresh ones for each function', count, 10)
  .option('--json', 'everything that was measured, as JSON', false)
  .action(async ({ json, processes }) => {
    const found = await bundlesBench(processes)
    const lines = json ? [JSON.stringify(found, undefined, 2)] : bundleLines(found, process.stdout.columns ?? 140)
    process.stdout.write(`${lines.join('\n')}\n`)
    if (found.shortfalls.length > 0) process.exitCode = 1
  })

program
  .command('cost')
  .description('what deciding and watching costs for 1,000 files, from counted requests and the price table')
  .option('--files <n>', 'through the whole system in memory, twice', count, 1000)
  .option('--end-to-end <n>', 'instead: record what so many files ask for on the local AWS', count)
  .option('--json', 'everything that was counted, as JSON', false)
  .action(async ({ json, files, endToEnd }) => {
    const width = process.stdout.columns ?? 140
    if (endToEnd !== undefined) {
      const wanted = { files: endToEnd, everyMs: 2000 }
      const recorded = await endToEndCost(wanted, (line) => process.stderr.write(`${line}\n`))
      const lines = json ? [JSON.stringify(recorded, undefined, 2)] : endToEndLines(recorded, width)
      process.stdout.write(`${lines.join('\n')}\n`)
      if (recorded.usd > CEILING_USD) process.exitCode = 1
      return
    }
    const found = await controlPlaneCost(files)
    const lines = json ? [JSON.stringify(found, undefined, 2)] : costLines(found, width)
    process.stdout.write(`${lines.join('\n')}\n`)
    if (found.shortfalls.length > 0) process.exitCode = 1
  })

await program.parseAsync()
