import { Command, InvalidArgumentError } from 'commander'
import { generateSamples } from './generate-samples.ts'

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number such as 1 or 50000.`)
  return Number(text)
}
const atLeastOne = (text: string): number => {
  if (whole(text) < 1) throw new InvalidArgumentError(`"${text}" should be at least 1.`)
  return whole(text)
}

const program = new Command()
  .name('samples')
  .description('Writes sample payer files (834, 837) and manifest.json: the same files for the same seed, nobody real.')
  .requiredOption('--out <folder>', 'where to write')
  .option('--seed <number>', 'other numbers, other people', whole, 1)
  .option('--members <number>', 'members in the largest file', atLeastOne, 50_000)
  .parse()

const { out, seed, members } = program.opts<{ out: string; seed: number; members: number }>()
const manifest = await generateSamples({ outDir: out, seed, members })
console.log(`${manifest.drops.length} files in ${out}`)
