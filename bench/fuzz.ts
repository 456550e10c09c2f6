import { fuzzFiles } from '#test/domain/envelope/fuzz-files'
import { peakMiB } from './peak-mib.ts'

/** Peak resident memory that the validator may have with small files, MiB: Node itself takes some 60. */
const MEMORY_CAP_MIB = 512

/** Changed files against the slow checkers. @throws at the first file on which they disagree, or above the memory cap */
export async function fuzzBench(wanted: { count: number; seed: number }, say: (line: string) => void) {
  const started = performance.now()
  let done = 0
  const found = await fuzzFiles(wanted.seed, wanted.count, () => {
    done += 1
    if (done % 20_000 === 0) say(`${done} files`)
  })
  const peak = peakMiB()
  if (peak > MEMORY_CAP_MIB) throw new Error(`${peak} MiB were resident; ${MEMORY_CAP_MIB} are the cap`)
  return { ...found, seed: wanted.seed, peakMiB: peak, seconds: Math.round((performance.now() - started) / 100) / 10 }
}
