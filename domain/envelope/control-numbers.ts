/** Runs kept before single numbers are: payers number upwards, so nearly every file is one run. */
const MOST_RUNS = 64

/**
 * Remembers control numbers and says whether one was there before. Numbers that count upwards take constant memory:
 * 837 files with a transaction set a claim reach millions of ST02.
 */
export function controlNumbers(): (control: string) => boolean {
  const runs: { width: number; first: number; last: number }[] = []
  const others = new Set<string>()
  return (control) => {
    if (others.has(control)) return true
    if (!/^\d{1,15}$/.test(control)) {
      others.add(control)
      return false
    }
    const value = Number(control)
    const width = control.length
    if (runs.some((run) => run.width === width && run.first <= value && value <= run.last)) return true
    const run = runs.find((candidate) => candidate.width === width && candidate.last + 1 === value)
    if (run !== undefined) run.last = value
    else if (runs.length < MOST_RUNS) runs.push({ width, first: value, last: value })
    else others.add(control)
    return false
  }
}
