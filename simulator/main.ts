import { Command } from 'commander'
import { proveSabotages } from './run/prove-sabotages.ts'
import { runFaults } from './run/run-faults.ts'
import { runTrace } from './run/run-trace.ts'
import { findSabotage, sabotages } from './sabotage/sabotages.ts'

const whole = (text: string): number => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0) throw new Error(`${JSON.stringify(text)} is no whole number`)
  return number
}
const numbers = (text: string): number[] => text.split(',').filter(Boolean).map(whole)
const names = (text: string): string[] => text.split(',').filter(Boolean)

type Options = {
  seeds: number
  from: number
  json?: true
  trace?: number
  journal?: string
  keep?: number[]
  without?: string[]
  sabotage?: string
}

/** 0: every rule held (or every sabotage was caught); 1: one did not; 2: the run itself failed. */
const main = async (options: Options): Promise<number> => {
  const { seeds, from, json = false, trace, journal, keep, without, sabotage } = options
  if (sabotage === 'list') {
    for (const { name, leftOut, broke } of sabotages) console.log(`${name.padEnd(34)} ${leftOut} → ${broke}`)
    return 0
  }
  if (trace === undefined && journal !== undefined)
    throw new Error('--journal keeps the decisions of one world; say which with --trace <seed>')
  if (trace !== undefined) {
    const task = { seed: trace, ...(keep ? { keep } : {}), ...(without ? { without } : {}) }
    return runTrace(task, sabotage === undefined ? undefined : findSabotage(sabotage), journal)
  }
  if (sabotage !== undefined)
    return proveSabotages(sabotage === 'all' ? sabotages : [findSabotage(sabotage)], { seeds, from, json })
  return runFaults({ seeds, from, json })
}

new Command('faults')
  .description('Lives seeded worlds in which everything goes wrong, with the real functions and the real state machine')
  .option('--seeds <n>', 'how many worlds; with --sabotage, at most so many for each', whole, 500)
  .option('--from <seed>', 'the first seed', whole, 1)
  .option('--json', 'print one JSON object instead of a report')
  .option('--trace <seed>', 'tell the story of one world', whole)
  .option('--journal <file>', 'with --trace: keep its decisions there, for `mayfly replay <file>`')
  .option('--keep <acts>', 'with --trace: only these acts of its plan', numbers)
  .option('--without <faults>', 'with --trace: none of these faults', names)
  .option('--sabotage <name>', 'leave something out and see that it is noticed: a name, list or all')
  .action(async (options: Options) => {
    try {
      process.exitCode = await main(options)
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
      process.exitCode = 2
    }
  })
  .parseAsync()
